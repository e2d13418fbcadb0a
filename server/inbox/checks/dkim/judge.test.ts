import { generateKeyPairSync } from 'node:crypto';
import nodemailer from 'nodemailer';
import { expect, test } from 'vitest';
import { examine, goodMail, NOW } from '../../../../test/support/check-mail.ts';

const keyOf = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey;
const key = keyOf(2048);

/** A mail that nodemailer has signed. */
async function signed(dkim: Record<string, unknown> = {}, mail: Record<string, unknown> = {}): Promise<string> {
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows', dkim: { domainName: 'shop.test', keySelector: 's1', privateKey: key, ...dkim } } as never);
  const { message } = (await transport.sendMail({ from: 'orders@shop.test', to: 'ann@reader.test', subject: 'Hello', date: new Date(NOW), text: 'One  line \nand another\n\n\n', ...mail })) as unknown as { message: Buffer };
  return message.toString('latin1');
}
const look = (raw: string) => examine(Buffer.from(raw, 'latin1'), { from: 'bounces@shop.test' });
/** The signature of a signed mail with one tag written anew. */
const retag = (raw: string, tag: string, value: string) => raw.replace(/^DKIM-Signature:(?:.*\r\n)(?:[ \t].*\r\n)*/m, (field) => `${field.replace(/\r\n[ \t]+/g, ' ').trimEnd().replace(new RegExp(`([:;\\s])${tag}=[^;]*`), `$1${tag}=${value}`)}\r\n`);
const addTag = (raw: string, tag: string) => raw.replace('DKIM-Signature: v=1;', `DKIM-Signature: v=1; ${tag};`);

test('a mail without a signature is not blamed for it', async () => {
  const found = await examine(goodMail());
  expect(found.verdict('dkim')).toBe('info');
  expect(found.says('dkim')).toContain('not signed');
});

test('what nodemailer signed verifies, and it is said that the key was not asked for', async () => {
  const found = await look(await signed());
  expect(found.says('dkim')).toContain('the body hash verifies');
  expect(found.check('dkim').summary).toContain('needs the key from DNS');
  expect(['pass', 'info']).toContain(found.verdict('dkim'));
});

test('a body changed by one letter does not verify', async () => {
  const found = await look((await signed()).replace('another', 'an0ther'));
  expect(found.verdict('dkim')).toBe('fail');
  expect(found.says('dkim')).toContain('the body was changed');
});

test('white space that relaxed passes over may change, empty lines at the end too', async () => {
  const raw = (await signed()).replace('One  line ', 'One line   \t');
  expect((await look(`${raw}\r\n\r\n`)).says('dkim')).toContain('the body hash verifies');
});

test('a signer of another organisation does not help DMARC, one of a subdomain does', async () => {
  const other = await look(await signed({ domainName: 'relay.test' }));
  expect(other.verdict('dkim')).toBe('warn');
  expect(other.says('dkim')).toContain('No signature is of the domain in From (shop.test)');
  expect((await look(await signed({ domainName: 'mail.shop.test' }))).says('dkim')).not.toContain('No signature');
});

test('a key of 1024 bits is weak, one of 512 is refused', async () => {
  const weak = await look(await signed({ privateKey: keyOf(1024) }));
  expect(weak.verdict('dkim')).toBe('warn');
  expect(weak.says('dkim')).toContain('about 1024 bits');
  const small = await look(retag(await signed(), 'b', Buffer.alloc(64, 1).toString('base64')));
  expect(small.verdict('dkim')).toBe('fail');
  expect(small.says('dkim')).toContain('about 512 bits');
});

test.each([
  ['a', 'rsa-sha1', 'fail', 'rsa-sha1 is not accepted'],
  ['a', 'rsa-md5', 'fail', 'is not known'],
  ['a', 'ed25519-sha256', 'fail', '64 octets'],
  ['c', 'loose/relaxed', 'fail', 'does not exist'],
  ['h', 'subject:to:date', 'fail', 'From is not signed'],
  ['h', 'from:to:date', 'warn', 'Subject is not signed'],
  ['b', '***', 'fail', 'no base64'],
  ['bh', '', 'fail', 'bh= is missing'],
  ['v', '2', 'fail', 'v=1 is missing'],
] as const)('%s=%s is %s', async (tag, value, verdict, says) => {
  const found = await look(retag(await signed(), tag, value));
  expect(found.verdict('dkim')).toBe(verdict);
  expect(found.says('dkim')).toContain(says);
});

const seconds = (ms: number) => Math.floor(ms / 1000);
test.each([
  [`x=${seconds(NOW - 60_000)}`, 'fail', 'had expired'],
  [`t=${seconds(NOW + 3_600_000)}`, 'warn', 'in the future'],
  [`t=${seconds(NOW)}; x=${seconds(NOW) - 1}`, 'fail', 'expires before'],
  ['x=soon', 'fail', 'no time'],
  ['l=5', 'fail', 'does not verify'],
  ['l=999999', 'fail', 'claims 999999'],
  ['i=@other.test', 'fail', 'not of the domain'],
  ['d=again.test', 'fail', 'twice'],
] as const)('with %s it is %s', async (tag, verdict, says) => {
  const found = await look(addTag(await signed(), tag));
  expect(found.verdict('dkim')).toBe(verdict);
  expect(found.says('dkim')).toContain(says);
});

test('a future expiry and an own agent are fine', async () => {
  const found = await look(addTag(await signed(), `t=${seconds(NOW)}; x=${seconds(NOW + 86_400_000)}; i=@news.shop.test`));
  expect(['pass', 'info']).toContain(found.verdict('dkim'));
});

test('fields that are signed once can be added to; signed once more than they are there, not', async () => {
  expect((await look(await signed())).says('dkim')).toContain('not oversigned');
  const found = await look(await signed({ headerFieldNames: 'from:from:to:to:subject:subject:date:date:message-id:mime-version:content-type:content-type' }));
  const raw = retag(await signed(), 'h', 'from:from:to:to:subject:subject:date:date:message-id:mime-version:content-type:content-type');
  expect(found.verdict('dkim')).not.toBe('fail');
  expect((await look(raw)).says('dkim')).toContain('oversigned against additions');
});

test('bulk mail whose List-Unsubscribe is not signed is told', async () => {
  const list = { headers: { 'List-Unsubscribe': '<https://shop.test/u>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } };
  const raw = retag(await signed({}, list), 'h', 'from:to:subject:date:message-id:mime-version:content-type');
  expect((await look(raw)).says('dkim')).toContain('not signed: list-unsubscribe, list-unsubscribe-post');
});

test.each(['', 'v', ';;;', '=', 'v=1;'.repeat(5000), 'bh=====; h=:::'])('garbage as a signature is wrong, and told without a throw (%#)', async (value) => {
  expect((await look(goodMail({ headers: { 'DKIM-Signature': value } }))).verdict('dkim')).toBe('fail');
});
