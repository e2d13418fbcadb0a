/**
 * One question on the wire, and what an answer to it says. The question asks
 * for AD and DO (RFC 6840 §5.7), so that a validating resolver says whether it
 * vouches; EDNS(0) takes 1,232 octets over UDP, what goes through anywhere in
 * one piece. An answer counts only with the id and the question that were
 * sent: anything else may be from somebody who guesses.
 */
import { type Answer, AUTHENTIC_DATA, decode, type DecodedPacket, encode, type OptAnswer, RECURSION_DESIRED, type RecordType } from 'dns-packet';

export type Kind = 'A' | 'AAAA' | 'MX' | 'TXT' | 'TLSA' | 'PTR' | 'CNAME';
export type Asked = { name: string; kind: Kind };

const ROOM = 1232;
const DO = 1 << 15;

export type Rcode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'FORMERR' | 'NOTIMP' | (string & {});

/** `unreadable`: it is ours, and cannot be read. `foreign`: not an answer to this. */
export type Read =
  | { kind: 'answer'; rcode: Rcode; truncated: boolean; authentic: boolean; answers: Answer[]; authorities: Answer[] }
  | { kind: 'unreadable' }
  | { kind: 'foreign' };

export function question({ name, kind }: Asked, id: number, edns: boolean): Buffer {
  const opt: OptAnswer = { type: 'OPT', name: '.', udpPayloadSize: ROOM, extendedRcode: 0, ednsVersion: 0, flags: DO, flag_do: true, options: [] };
  return encode({ type: 'query', id, flags: RECURSION_DESIRED | AUTHENTIC_DATA, questions: [{ type: kind as RecordType, name }], additionals: edns ? [opt] : [] });
}

export function read(raw: Buffer, { name, kind }: Asked, id: number): Read {
  if (raw.length < 12 || raw.readUInt16BE(0) !== id || (raw[2]! & 0x80) === 0) return { kind: 'foreign' };
  // A resolver that cannot read us may leave the question out (RFC 1035 §4.1.1, FORMERR).
  const mayOmit = (raw[3]! & 0x0f) === 1 && raw.readUInt16BE(4) === 0;
  if (!mayOmit && !asks(raw, name, kind)) return { kind: 'foreign' };
  let packet: DecodedPacket & { rcode?: string };
  try {
    packet = decode(raw);
  } catch {
    return { kind: 'unreadable' };
  }
  const opt = packet.additionals?.find((one): one is OptAnswer => one.type === 'OPT');
  return {
    kind: 'answer',
    // The upper bits of the code are in EDNS (RFC 6891 §6.1.3): BADVERS is no NOERROR.
    rcode: opt && opt.extendedRcode > 0 ? `EDNS-${opt.extendedRcode}` : packet.rcode ?? 'NOERROR',
    truncated: packet.flag_tc, authentic: packet.flag_ad,
    answers: packet.answers ?? [], authorities: packet.authorities ?? [],
  };
}

/** By the octets: read as text, two questions may look the same that are not. */
function asks(raw: Buffer, name: string, kind: Kind): boolean {
  const own = encode({ type: 'query', id: 0, questions: [{ type: kind as RecordType, name }] }).subarray(12);
  if (raw.readUInt16BE(4) !== 1 || raw.length < 12 + own.length) return false;
  const theirs = raw.subarray(12, 12 + own.length);
  return theirs.toString('latin1').toLowerCase() === own.toString('latin1').toLowerCase();
}
