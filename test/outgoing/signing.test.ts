import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LivePolicy } from '../../server/mail/live.ts';
import { readFolder } from '../../server/outgoing/keys/files.ts';
import { recordOf } from '../../server/outgoing/keys/zone.ts';
import { corpus } from '../support/corpus.ts';
import { program } from '../support/programs.ts';
import { house, keyFolder, leased, octetsOf, verify, type House } from './house.ts';

const run = promisify(execFile);

const verdicts = async (octets: Buffer, zone: House['zone']) => (await verify(octets, zone)).map(({ algo, signingDomain, status }) => `${algo} ${signingDomain} ${status.result}`);
const BOTH = ['rsa-sha256 example.test pass', 'ed25519-sha256 example.test pass'];

const PLAIN = 'From: Shop <shop@example.test>\r\nTo: user@receiver.test\r\nSubject: Your order\r\nDate: Fri, 20 Nov 2026 09:30:00 +0000\r\nMessage-ID: <1@example.test>\r\n\r\nThank you.\r\n';

test('a message is signed with RSA and Ed25519, and both verify', async () => {
  const { prepare, zone } = await house({ stored: PLAIN });
  const octets = await octetsOf(await prepare(...leased()));
  expect(await verdicts(octets, zone)).toEqual(BOTH);
  expect(octets.toString()).toMatch(/^Received: from app\.example\.test \(\[192\.0\.2\.7\]\)\r\n by mail\.example\.test \(Postern\) with ESMTP id 01JD\w+\r\n for <user@receiver\.test>;\r\n Fri, 20 Nov 2026 09:30:05 \+0000\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example\.test;/);
  expect(octets.toString()).toContain(PLAIN);
});

test.each([
  ['a second From', (mail: string) => `From: evil@other.test\r\n${mail}`],
  ['a second Subject', (mail: string) => mail.replace('Subject:', 'Subject: You won\r\nSubject:')],
  ['a Reply-To that was not there', (mail: string) => `Reply-To: evil@other.test\r\n${mail}`],
  ['another body', (mail: string) => `${mail}PS: and this.\r\n`],
  ['another List-Unsubscribe', (mail: string) => mail.replace(/<https:[^>]*>/, '<https://evil.test/>')],
])('%s breaks both signatures', async (_, change) => {
  const { prepare, zone } = await house({ stored: PLAIN, policy: { unsubscribe: true, feedbackId: 'a:b:c:d' }, unsubscribeUrl: () => 'https://post.example.test/u/x' });
  const mail = (await octetsOf(await prepare(...leased()))).toString();
  expect(await verdicts(Buffer.from(mail), zone)).toEqual(BOTH);
  expect(change(mail)).not.toBe(mail);
  for (const verdict of await verdicts(Buffer.from(change(mail)), zone)) expect(verdict).not.toMatch(/pass$/);
});

test('white space that a relay folds anew does not', async () => {
  const { prepare, zone } = await house({ stored: PLAIN });
  const mail = (await octetsOf(await prepare(...leased()))).toString();
  expect(await verdicts(Buffer.from(mail.replace('Subject: Your order', 'SUBJECT:  Your\r\n\t  order ').replace('Thank you.', 'Thank   you. \t') + '\r\n\r\n'), zone)).toEqual(BOTH);
});

const mime = corpus('mime/', 'manifest.jsonl');
const samples = mime ? readdirSync(mime).filter((name) => name.endsWith('.eml')) : [];

/** Signed whatever it is; one without a From gets one, for it is held otherwise. */
async function signed({ prepare, kept }: House, octets: Buffer, message: string): Promise<Buffer> {
  kept.octets = octets;
  const first = await prepare(...leased({ message }));
  if (!('held' in first)) return octetsOf(first);
  expect(first.held.text).toMatch('no From');
  kept.octets = Buffer.concat([Buffer.from('From: a@example.test\r\n'), octets]);
  return octetsOf(await prepare(...leased({ message: `${message} with From` })));
}
const ANY: Partial<LivePolicy> = { dkim: { domain: 'example.test', selector: null } };

test.skipIf(samples.length === 0)('odd messages verify, each of them', async () => {
  const here = await house({ policy: ANY });
  const wrong: string[] = [];
  for (const name of samples) {
    // Signatures that were in it before are judged, too; ours are on top.
    const said = await verdicts(await signed(here, readFileSync(new URL(name, mime)), name), here.zone);
    if (BOTH.some((one, n) => said[n] !== one)) wrong.push(`${name}: ${said.slice(0, 2).join(', ')}`);
  }
  expect(wrong).toEqual([]);
}, 120_000);

const opendkim = program('opendkim');

test.skipIf(!opendkim || samples.length === 0)('OpenDKIM says the same of each of them', async () => {
  const here = await house({ policy: ANY });
  const [pair] = (await readFolder(here.dir, 'example.test')).pairs;
  const work = await keyFolder();
  writeFileSync(join(work, 'zone'), pair!.keys.map((key) => recordOf('example.test', key)).map(({ name, value }) => `${name} ${value}\n`).join(''));
  writeFileSync(join(work, 'conf'), `Mode v\nTestPublicKeys ${join(work, 'zone')}\nAlwaysAddARHeader yes\n`);
  const wrong: string[] = [];
  let judged = 0;
  for (const name of samples) {
    const mail = await signed(here, readFileSync(new URL(name, mime)), name);
    // It believes no From without a domain, and its reading of files ends a line at a NUL.
    if (mail.includes(0) || !/^From:.*@/im.test(mail.toString('latin1').split('\r\n\r\n', 1)[0]!)) continue;
    judged++;
    writeFileSync(join(work, 'mail'), mail);
    const { stdout } = await run(opendkim!, ['-x', join(work, 'conf'), '-t', join(work, 'mail'), '-vvv']);
    const said = [...stdout.matchAll(/dkim=(\w+)[^;]*header\.d=example\.test[^;]*header\.a=([\w-]+)/g)].map(([, verdict, algorithm]) => `${algorithm} example.test ${verdict}`);
    if (BOTH.some((one) => !said.includes(one))) wrong.push(`${name}: ${stdout.replace(/\s+/g, ' ').slice(0, 300)}`);
  }
  expect(judged).toBeGreaterThan(samples.length - 6);
  expect(wrong).toEqual([]);
}, 120_000);

test('whatever the octets are, what goes out verifies', async () => {
  const here = await house({ policy: ANY, small: 64, pieces: 7 });
  const piece = fc.constantFrom('From: a@example.test', 'from : "x" <a@example.test>', 'Subject:', 'Subject: \xe9', ' folded  more', '\tb', 'To: x', 'X:y', 'junk', 'Bcc: z@z.test', '\r\n', '\n', '\r', '\r\r\n', '\r\n\r\n', '\0', ' ', '\t', '.', '\r\n.\r\n', '\xff\xfe', 'DKIM-Signature: v=1; a=rsa-sha256; b=x', 'x'.repeat(1200));
  let n = 0;
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (parts) => {
    const octets = await signed(here, Buffer.from(parts.join(''), 'latin1'), `M${n++}`);
    expect((await verdicts(octets, here.zone)).slice(0, 2)).toEqual(BOTH);
    expect(octets.toString('latin1')).toMatch(/^(?:[^\r\n]*\r\n)*$/);
    expect(octets.toString('latin1').split('\r\n\r\n')[0]).not.toMatch(/^bcc/im);
  }), { numRuns: 300 });
}, 120_000);
