/** Addresses as they are written on the wire: which are taken, which are not, and with which code. */
import { expect, test } from 'vitest';
import { dial } from '../support/dialogue.ts';
import { reception } from '../support/reception.ts';

test.each([
  ['<"a b"@shop.test>', '"a b"@shop.test'],
  ['<"a@b"@shop.test>', '"a@b"@shop.test'],
  ['bob@shop.test', 'bob@shop.test'],
  [' <bob@shop.test>', 'bob@shop.test'],
  ['<BOB+tag@Shop.Test>', 'BOB+tag@Shop.Test'],
  ['<bob@xn--bcher-kva.test>', 'bob@xn--bcher-kva.test'],
  ['<jos\u00e9@b\u00fccher.test>', 'jos\u00e9@b\u00fccher.test'],
  ['<@relay.test,@other.test:bob@shop.test>', 'bob@shop.test'],
  ['<bob@[192.0.2.1]>', 'bob@[192.0.2.1]'],
  ['<postmaster>', 'postmaster'],
])('RCPT TO:%s is kept as %s', async (written, kept) => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('MAIL FROM:<> SMTPUTF8', '250 2.1.0');
  await client.expect(`RCPT TO:${written}`, '250 2.1.5');
  await client.expect('DATA', '354');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  expect(postern.accepted[0]!.envelope).toEqual({ from: '', recipients: [{ address: kept }], smtputf8: true });
});

const long = (local: number, domain: number) => `${'l'.repeat(local)}@${('d'.repeat(60) + '.').repeat(5).slice(0, domain - 5)}.test`;

test.each([
  ['<>', '501 5.1.3'],
  ['<bob@>', '501 5.1.3'],
  ['<bob..x@shop.test>', '501 5.1.3'],
  ['<bob@shop..test>', '501 5.1.3'],
  ['bob shop.test', '501 5.5.4'],
  ['<bob@shop.test', '501 5.1.3'],
  ['<bob\rDATA@shop.test>', '501 5.1.3'],
  ['<bob\0@shop.test>', '501 5.1.3'],
  ['<"bob\r"@shop.test>', '501 5.1.3'],
  ['<bob\u200b@shop.test>', '501 5.1.3'],
  [`<${long(65, 20)}>`, '501 5.1.1'],
  [`<${long(10, 260)}>`, '501 5.1.2'],
  [`<${long(60, 200)}>`, '501 5.1.3'],
  ['<bob@shop.test> NOTIFY=SOMETIMES', '501 5.5.4'],
  ['<bob@shop.test> FOO=BAR', '555 5.5.4'],
])('RCPT TO:%j is answered %s', async (written, wanted) => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('MAIL FROM:<ann@app.test>', '250 2.1.0');
  await client.expect(`RCPT TO:${written}`, wanted);
  await client.expect('RCPT TO:<bob@shop.test>', '250 2.1.5');
  expect(postern.refusals).toHaveLength(1);
});

test.each([
  ['<bob@>', '501 5.1.7'],
  ['<ann\rx@app.test>', '501 5.1.7'],
  [`<${long(65, 20)}>`, '501 5.1.7'],
  [`<${long(10, 260)}>`, '501 5.1.8'],
  ['<ann@app.test> XFOO', '555 5.5.4'],
  ['<ann@app.test> BODY=BINARYMIME', '501 5.5.4'],
  ['<ann@app.test> REQUIRETLS', '530 5.7.0'],
  ['<ann@app.test> SIZE=99999999999', '552 5.3.4'],
])('MAIL FROM:%j is answered %s', async (written, wanted) => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect(`MAIL FROM:${written}`, wanted);
  await client.expect('MAIL FROM:<ann@app.test>', '250 2.1.0');
  expect(postern.refusals).toHaveLength(1);
});

test('what DSN says is kept (RFC 3461)', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('MAIL FROM:<ann@app.test> RET=HDRS ENVID=QQ+2B1 BODY=8BITMIME SIZE=12', '250 2.1.0');
  await client.expect('RCPT TO:<bob@shop.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;Bob@shop.test', '250 2.1.5');
  await client.expect('RCPT TO:<carl@shop.test> NOTIFY=NEVER', '250 2.1.5');
  await client.expect('DATA', '354');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  expect(postern.accepted[0]!.envelope).toEqual({
    from: 'ann@app.test', ret: 'HDRS', envid: 'QQ+2B1', body: '8BITMIME', declaredSize: 12,
    recipients: [
      { address: 'bob@shop.test', notify: ['FAILURE', 'DELAY'], orcpt: 'rfc822;Bob@shop.test' },
      { address: 'carl@shop.test', notify: ['NEVER'] },
    ],
  });
});
