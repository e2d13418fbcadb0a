/**
 * What can be said of a message's DKIM signatures without DNS: whether the
 * body still is what was signed (its hash), which fields are signed, whether
 * one more could be added unseen, algorithm and key size, expiry, and whether
 * the signing domain is that of From. The signature itself needs the public
 * key, and that is in DNS: every summary says so.
 */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import { domainKey, splitAddress } from '../../../mail/address.ts';
import { count, type Matter, type Rule, type Said, type Verdict, worst } from '../matter.ts';
import type { BodyHashAsk } from './body-hash.ts';
import { algorithmOf, canonOf, readSignature, type Signature } from './signature.ts';

/** Signatures that are looked at. */
const SIGNATURES = 10;
/** RFC 8301 §3.2: signers must use at least 1024 bits and should use 2048. */
const WEAK_RSA = 1024;
const GOOD_RSA = 2048;
/** Fields that change what a reader sees (RFC 6376 §5.4.1), and that ought to be signed when there. */
const WORTH_SIGNING = ['subject', 'to', 'cc', 'reply-to', 'date', 'message-id', 'mime-version', 'content-type', 'list-unsubscribe', 'list-unsubscribe-post'];
/** A second one of these, put on top, is what many clients show. */
const WORTH_OVERSIGNING = ['from', 'subject', 'to', 'date', 'reply-to', 'content-type'];

/** The body hashes to be made while the bytes pass; each signature's is at its own place. */
export function hashesAsked(values: readonly string[]): BodyHashAsk[] {
  return values.slice(0, SIGNATURES).map((value) => {
    const signature = readSignature(value);
    const length = /^\d{1,15}$/.exec(signature.tags.get('l') ?? '')?.[0];
    return {
      canon: canonOf(signature).body === 'relaxed' ? 'relaxed' : 'simple',
      algorithm: algorithmOf(signature).hash === 'sha1' ? 'sha1' : 'sha256',
      ...(length === undefined ? {} : { length: Number(length) }),
    };
  });
}

export const dkim: Rule = {
  id: 'dkim',
  title: 'DKIM signature',
  check(matter): Said {
    const values = matter.field('dkim-signature');
    if (values.length === 0) return { verdict: 'info', summary: 'The message is not signed; in development that is usual, since a relay signs later.' };
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    for (const [index, value] of values.slice(0, SIGNATURES).entries()) {
      const signature = readSignature(value);
      const found = judge(signature, index, matter);
      const named = signature.tags.get('d') ?? `signature ${index + 1}`;
      for (const { verdict, text } of found) {
        verdicts.push(verdict);
        details.push({ text: `${named}: ${text}` });
      }
    }
    const from = matter.header.from[0]?.address;
    const home = from && matter.organisation(splitAddress(from).domain);
    const aligned = values.some((value) => home !== undefined && matter.organisation(readSignature(value).tags.get('d') ?? '') === home);
    if (!aligned) {
      verdicts.push('warn');
      details.push({ text: `No signature is of the domain in From${home ? ` (${home})` : ''}, so DMARC cannot pass by DKIM (RFC 7489 §3.1.1)` });
    }
    const verdict = worst(verdicts);
    const intact = verdict === 'fail' ? 'There is something wrong with the signature' : verdict === 'warn' ? 'The body hash verifies, with remarks' : 'The body is what was signed and the signature is well made';
    return { verdict, summary: `${intact}; whether the signature itself holds needs the key from DNS and was not checked.`, details };
  },
};

type Remark = { verdict: Verdict; text: string };

function judge(signature: Signature, index: number, matter: Matter): Remark[] {
  const { tags, faults } = signature;
  const remarks: Remark[] = faults.map((text) => ({ verdict: 'fail', text }));
  const say = (verdict: Verdict, text: string) => remarks.push({ verdict, text });
  if (tags.get('v') !== '1') say('fail', 'v=1 is missing (RFC 6376 §3.5)');
  for (const name of ['a', 'b', 'bh', 'd', 'h', 's']) if (!tags.get(name)) say('fail', `the tag ${name}= is missing (RFC 6376 §3.5)`);

  bodyRemarks(signature, index, matter, say);
  keyRemarks(signature, say);
  fieldRemarks(signature, matter, say);
  timeRemarks(signature, matter, say);

  const { header, body } = canonOf(signature);
  if (!/^(simple|relaxed)$/.test(header) || !/^(simple|relaxed)$/.test(body)) say('fail', `the canonicalization "${tags.get('c')!.slice(0, 40)}" does not exist (RFC 6376 §3.5)`);
  else if (header === 'simple') say('info', 'c=simple for the header breaks when a relay folds a line anew; relaxed is safer');
  const domain = domainKey(tags.get('d') ?? '');
  const agent = tags.get('i');
  if (agent !== undefined) {
    const of = domainKey(splitAddress(agent).domain);
    if (of !== domain && !of.endsWith(`.${domain}`)) say('fail', `i=${agent.slice(0, 100)} is not of the domain d=${domain} (RFC 6376 §3.5)`);
  }
  return remarks;
}

type Say = (verdict: Verdict, text: string) => void;

function bodyRemarks({ tags }: Signature, index: number, { raw }: Matter, say: Say): void {
  const made = raw.bodyHashes[index];
  const claimed = tags.get('bh');
  if (!made || !claimed) return;
  if (made.hash === claimed) say('pass', 'the body hash verifies');
  else say('fail', `the body hash does not verify: the body was changed after it was signed, or signed in another form${raw.lines.bareLf.count > 0 ? ' (lines end in a bare LF here; signers hash CRLF)' : ''}`);
  const length = tags.get('l');
  if (length === undefined) return;
  if (!/^\d{1,76}$/.test(length)) say('fail', 'l= is no number');
  else if (Number(length) > made.octets) say('fail', `l= claims ${length} octets but the body has ${made.octets}`);
  else say('warn', `l= signs only ${length} of ${made.octets} octets: anything can be added behind (RFC 6376 §8.2)`);
}

function keyRemarks(signature: Signature, say: Say): void {
  const { key, hash } = algorithmOf(signature);
  if (key === '') return;
  if (hash === 'sha1') say('fail', 'rsa-sha1 is not accepted any more (RFC 8301 §3.1)');
  else if (hash !== 'sha256' || !/^(rsa|ed25519)$/.test(key)) say('fail', `the algorithm ${signature.tags.get('a')!.slice(0, 40)} is not known (RFC 6376 §3.3, RFC 8463)`);
  const written = signature.tags.get('b');
  if (!written) return;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(written)) {
    say('fail', 'b= is no base64');
    return;
  }
  // The size of a signature is that of its key: 256 octets are 2048 bits.
  const octets = Buffer.from(written, 'base64').length;
  if (key === 'ed25519' && octets !== 64) say('fail', `an ed25519 signature has 64 octets, this one has ${octets} (RFC 8463 §3)`);
  if (key !== 'rsa') return;
  if (octets * 8 < WEAK_RSA) say('fail', `the RSA key has about ${octets * 8} bits; less than ${WEAK_RSA} is not accepted (RFC 8301 §3.2)`);
  else if (octets * 8 < GOOD_RSA) say('warn', `the RSA key has about ${octets * 8} bits; ${GOOD_RSA} are asked for (RFC 8301 §3.2)`);
}

function fieldRemarks({ tags }: Signature, { parsed }: Matter, say: Say): void {
  const signed = new Map<string, number>();
  for (const name of (tags.get('h') ?? '').toLowerCase().split(':').filter(Boolean)) signed.set(name, (signed.get(name) ?? 0) + 1);
  if (signed.size === 0) return;
  if (!signed.has('from')) say('fail', 'From is not signed, and has to be (RFC 6376 §5.4)');
  const there = new Map<string, number>();
  for (const { name } of parsed.headers) there.set(name.toLowerCase(), (there.get(name.toLowerCase()) ?? 0) + 1);
  const unsigned = WORTH_SIGNING.filter((name) => there.has(name) && !signed.has(name));
  if (unsigned.some((name) => name === 'subject')) say('warn', 'Subject is not signed, so it can be changed on the way');
  const rest = unsigned.filter((name) => name !== 'subject');
  if (rest.length > 0) say(rest.some((name) => name.startsWith('list-unsubscribe')) ? 'warn' : 'info', `not signed: ${rest.join(', ')}${rest.some((name) => name.startsWith('list-unsubscribe')) ? ' (RFC 8058 §4 asks for both List-Unsubscribe fields)' : ''}`);
  const open = WORTH_OVERSIGNING.filter((name) => signed.has(name) && signed.get(name)! <= (there.get(name) ?? 0));
  if (open.length > 0) say('info', `not oversigned: ${open.join(', ')}; a second field could be added without breaking the signature (RFC 6376 §8.15)`);
  else say('pass', `${count(signed.size, 'field')} signed, and oversigned against additions`);
}

function timeRemarks({ tags }: Signature, { receivedAt, now }: Matter, say: Say): void {
  const [made, expires] = ['t', 'x'].map((name) => (/^\d{1,12}$/.test(tags.get(name) ?? '') ? Number(tags.get(name)) * 1000 : undefined));
  for (const name of ['t', 'x']) if (tags.has(name) && !/^\d{1,12}$/.test(tags.get(name)!)) say('fail', `${name}= is no time`);
  // Clocks differ; five minutes are no lie.
  if (made !== undefined && made > receivedAt + 300_000) say('warn', 'it was made in the future (t=)');
  if (made !== undefined && expires !== undefined && expires <= made) say('fail', 'it expires before it was made (x= is not after t=)');
  else if (expires !== undefined && expires < receivedAt) say('fail', `it had expired when the message came (x= is ${new Date(expires).toISOString()})`);
  else if (expires !== undefined && expires < now) say('info', `it has expired since (x= is ${new Date(expires).toISOString()})`);
}
