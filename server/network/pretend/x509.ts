/**
 * An X.509 certificate in DER (RFC 5280) over P-256 keys: just the few parts
 * that a mail server's has. By hand, because a pretend host is met once and
 * wants its certificate at once: a signature costs a twentieth of a
 * millisecond, the libraries' way to it five, and a hundred to load them.
 */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { domainToASCII } from 'node:url';

export type Holder = { name: string; key: KeyObject };
export type Certificate = {
  subject: { name: string; publicKey: KeyObject };
  issuer: Holder;
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** What it is good for: to sign others, or as a server of its name. */
  use: 'authority' | 'server';
};

const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, time: 0x18, sequence: 0x30, set: 0x31, dnsName: 0x82, keyId: 0x80, version: 0xa0, extensions: 0xa3 } as const;
const OID = {
  ecdsaWithSha256: '2a8648ce3d040302', commonName: '550403', serverAuth: '2b06010505070301',
  subjectKey: '551d0e', keyUsage: '551d0f', alternative: '551d11', constraints: '551d13', authorityKey: '551d23', extendedUsage: '551d25',
} as const;
const YES = Buffer.from([TAG.boolean, 1, 0xff]);

function der(tag: keyof typeof TAG, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([TAG[tag], ...head]), body]);
}

const oid = (name: keyof typeof OID) => der('oid', Buffer.from(OID[name], 'hex'));
const bits = (unused: number, body: Uint8Array) => der('bits', Buffer.from([unused]), body);
const nameOf = (name: string) => der('sequence', der('set', der('sequence', oid('commonName'), der('utf8', Buffer.from(name.slice(0, 64))))));
const extension = (name: keyof typeof OID, value: Buffer, critical = false) => der('sequence', oid(name), ...(critical ? [YES] : []), der('octets', value));
const keyId = (spki: Buffer) => createHash('sha1').update(spki).digest();
const spkiOf = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });

/** RFC 5280 §4.1.2.5: two digits of the year until 2049, then four. */
function timeOf(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return text < '2050' ? der('utcTime', Buffer.from(text.slice(2))) : der('time', Buffer.from(text));
}

/** PEM. The issuer is the subject itself where it signs for itself. */
export function certify({ subject, issuer, from, to, use }: Certificate, issuerPublic: KeyObject): string {
  const algorithm = der('sequence', oid('ecdsaWithSha256'));
  const spki = spkiOf(subject.publicKey);
  const isServer = use === 'server';
  // Sixteen octets that differ as the certificates do; the first bit off, since it is a sign.
  const serial = createHash('sha256').update(JSON.stringify([subject.name, issuer.name, from, to])).update(spki).digest().subarray(0, 16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const extensions = [
    extension('constraints', der('sequence', ...(isServer ? [] : [YES])), true),
    extension('keyUsage', isServer ? bits(7, Buffer.of(0x80)) : bits(2, Buffer.of(0x84)), true),
    ...(isServer ? [
      extension('extendedUsage', der('sequence', oid('serverAuth'))),
      extension('alternative', der('sequence', der('dnsName', Buffer.from(domainToASCII(subject.name) || subject.name, 'latin1')))),
    ] : []),
    extension('subjectKey', der('octets', keyId(spki))),
    extension('authorityKey', der('sequence', der('keyId', keyId(spkiOf(issuerPublic))))),
  ];
  const whole = der('sequence',
    der('version', der('integer', Buffer.of(2))), der('integer', serial), algorithm, nameOf(issuer.name), der('sequence', timeOf(from), timeOf(to)), nameOf(subject.name), spki,
    der('extensions', der('sequence', ...extensions)));
  const signed = der('sequence', whole, algorithm, bits(0, sign('sha256', whole, issuer.key)));
  return `-----BEGIN CERTIFICATE-----\n${signed.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
