import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyMailParams, applyRcptParams } from './params.ts';
import { readPath } from './path.ts';

const address = (line: string, verb: 'MAIL' | 'RCPT' = 'MAIL') => {
  const path = readPath(verb, line);
  return typeof path === 'string' ? path : path.address;
};

test.each([
  ['MAIL FROM:<a@b.test>', 'a@b.test'],
  ['mail from: <a@b.test> SIZE=3', 'a@b.test'],
  ['MAIL FROM:<>', ''],
  ['MAIL FROM:a@b.test', 'a@b.test'],
  ['MAIL FROM:a@b.test SIZE=10', 'a@b.test'],
  ['MAIL FROM:<"a b"@x.test>', '"a b"@x.test'],
  ['MAIL FROM:<"a@b"@x.test>', '"a@b"@x.test'],
  ['MAIL FROM:<"a>b\\"c"@x.test>', '"a>b\\"c"@x.test'],
  ['MAIL FROM:<a@xn--bcher-kva.test>', 'a@xn--bcher-kva.test'],
  ['MAIL FROM:<jos\u00e9@b\u00fccher.test> SMTPUTF8', 'jos\u00e9@b\u00fccher.test'],
  ['MAIL FROM:<@relay.test,@other.test:a@b.test>', 'a@b.test'],
  ['MAIL FROM:<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]'],
  ['MAIL FROM:', 'syntax'],
  ['MAIL FROM:<a@b.test', 'syntax'],
  ['MAIL FROM:<a@b.test>SIZE=3', 'syntax'],
  ['MAIL FROM:<<a@b.test>>', 'syntax'],
  ['MAIL <a@b.test>', 'syntax'],
  ['MAIL FROM:<@relay.test>', 'syntax'],
  ['MAIL FROM:<a\rb@c.test>', 'control'],
  ['MAIL FROM:<a\0b@c.test>', 'control'],
  ['MAIL FROM:<a\u0085b@c.test>', 'control'],
  ['MAIL FROM:<a@b.test> SIZE=1 size=2', 'duplicate'],
  ['MAIL FROM:<a@b.test> =x', 'parameter'],
])('%s', (line, wanted) => expect(address(line)).toBe(wanted));

test('octets that are no UTF-8 make no address', () => {
  expect(address(`RCPT TO:<${Buffer.from([0x61, 0xff]).toString()}@b.test>`, 'RCPT')).toBe('syntax');
});

const mail = (params: string, secure = false) => {
  const path = readPath('MAIL', `MAIL FROM:<a@b.test> ${params}`);
  if (typeof path === 'string') return path;
  const envelope = { from: path.address, recipients: [] };
  return applyMailParams(envelope, path.params, secure)?.code ?? envelope;
};
const rcpt = (params: string) => {
  const path = readPath('RCPT', `RCPT TO:<a@b.test> ${params}`);
  if (typeof path === 'string') return path;
  const recipient = { address: path.address };
  return applyRcptParams(recipient, path.params)?.code ?? recipient;
};

test('the parameters of MAIL are kept', () => {
  expect(mail('SIZE=1000 BODY=8bitmime SMTPUTF8 RET=hdrs ENVID=QQ+3D314159 AUTH=<>')).toEqual({
    from: 'a@b.test', recipients: [], declaredSize: 1000, body: '8BITMIME', smtputf8: true, ret: 'HDRS', envid: 'QQ+3D314159',
  });
  expect(mail('REQUIRETLS', true)).toMatchObject({ requireTls: true });
});

test('the parameters of RCPT are kept', () => {
  expect(rcpt('NOTIFY=success,FAILURE ORCPT=rfc822;Bob+2Bx@b.test')).toEqual({ address: 'a@b.test', notify: ['SUCCESS', 'FAILURE'], orcpt: 'rfc822;Bob+2Bx@b.test' });
});

test.each([
  ['SIZE', 501], ['SIZE=x', 501], ['SIZE=-1', 501], ['BODY=BINARYMIME', 501], ['SMTPUTF8=1', 501], ['RET=ALL', 501], ['ENVID', 501],
  ['ENVID=a+0D+0Ab', 501], ['ENVID=a+zz', 501], ['REQUIRETLS', 530], ['AUTH', 501], ['NOTIFY=NEVER', 555], ['HOLDFOR=5', 555], ['XFOO', 555],
])('MAIL … %s is %i', (params, code) => expect(mail(params)).toBe(code));

test.each([
  ['NOTIFY', 501], ['NOTIFY=NEVER,DELAY', 501], ['NOTIFY=SOMETIMES', 501], ['ORCPT=bob', 501], ['ORCPT=rfc822;a+0Ab', 501], ['SIZE=1', 555],
])('RCPT … %s is %i', (params, code) => expect(rcpt(params)).toBe(code));

test('no line makes it throw or take long, and no control character gets through', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
    const path = readPath('RCPT', `RCPT TO:${text}`);
    if (typeof path === 'string') return;
    // eslint-disable-next-line no-control-regex
    expect(path.address).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    applyRcptParams({ address: path.address }, path.params);
    applyMailParams({ from: path.address, recipients: [] }, path.params, true);
  }), { numRuns: 2_000 });
});
