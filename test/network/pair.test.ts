/** The in-process connection has the manners of a TCP connection, and carries TLS. */
import { connect, TLSSocket } from 'node:tls';
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pair, type PairEnd } from '../../server/network/pair.ts';
import { pretendCertificates } from '../../server/network/pretend/certificates.ts';

const collect = async (end: PairEnd) => {
  const chunks: Buffer[] = [];
  for await (const chunk of end) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

test('octets come over in order, whatever they were cut into', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 12 }), async (chunks) => {
    const [a, b] = pair();
    const got = collect(b);
    for (const chunk of chunks) a.write(chunk);
    a.end();
    expect((await got).equals(Buffer.concat(chunks))).toBe(true);
    b.end();
  }), { numRuns: 60 });
});

test('who does not read makes the other wait', async () => {
  const [a, b] = pair();
  let taken = 0;
  for (let n = 0; n < 40; n++) a.write(Buffer.alloc(8_192), () => taken++);
  expect(a.writableNeedDrain).toBe(true);
  await new Promise(setImmediate);
  expect(taken).toBeLessThan(10);
  b.resume();
  await once(a, 'drain');
  await new Promise(setImmediate);
  expect(taken).toBe(40);
});

test('one side ends, the other goes on talking', async () => {
  const [a, b] = pair();
  const heard = collect(a);
  a.end('question');
  expect((await collect(b)).toString()).toBe('question');
  b.write('a long ');
  b.end('answer');
  expect((await heard).toString()).toBe('a long answer');
  await expect.poll(() => [a.destroyed, b.destroyed]).toEqual([true, true]);
});

test('an end that is destroyed with an error resets the other', async () => {
  const [a, b] = pair();
  const seen = once(b, 'error');
  a.destroy(new Error('broken'));
  expect(await seen).toMatchObject([{ code: 'ECONNRESET' }]);
  expect(b.destroyed).toBe(true);
});

test('an end that is destroyed quietly is an end for the other, whose writes then fail', async () => {
  const [a, b] = pair();
  const ended = once(b, 'end');
  b.resume();
  a.destroy();
  await ended;
  expect(b.destroyed).toBe(false);
  const failed = once(b, 'error');
  b.write('hello?');
  expect(await failed).toMatchObject([{ code: 'EPIPE' }]);
});

test('an end that goes with something unread resets the other, and its pending write fails', async () => {
  const [a, b] = pair();
  const failed = new Promise<unknown>((resolve) => b.write(Buffer.alloc(300_000), resolve));
  a.destroy();
  expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  expect(b.destroyed).toBe(true);
});

test('a reset that nobody listens for does not end the process', async () => {
  const [a, b] = pair();
  const closed = new Promise((resolve) => b.on('close', resolve));
  a.resetAndDestroy();
  await closed;
  expect(b.errored).toMatchObject({ code: 'ECONNRESET' });
});

test('TLS runs over it, both ways, with a certificate that can be checked', async () => {
  const certificates = pretendCertificates(() => Date.now());
  const [a, b] = pair();
  const server = new TLSSocket(b as never, { isServer: true, secureContext: await certificates.context('good', 'mx.shop.test') });
  server.on('data', (chunk: Buffer) => server.write(chunk));
  server.on('end', () => server.end());
  const client = connect({ socket: a as never, servername: 'mx.shop.test', ca: await certificates.authority() });
  await once(client, 'secureConnect');
  expect(client.authorized).toBe(true);
  const octets = Buffer.alloc(1_000_000, 'tls ');
  let got = 0;
  client.on('data', (chunk: Buffer) => { got += chunk.length; });
  client.write(octets);
  await expect.poll(() => got).toBe(octets.length);
  client.end();
  await expect.poll(() => [a.destroyed, b.destroyed]).toEqual([true, true]);
});

test('each bad certificate is refused for its own reason by a client that looks', async () => {
  const certificates = pretendCertificates(() => Date.now());
  const ca = await certificates.authority();
  const said: Record<string, string> = {};
  for (const kind of ['expired', 'self-signed', 'wrong-host'] as const) {
    const [a, b] = pair();
    new TLSSocket(b as never, { isServer: true, secureContext: await certificates.context(kind, 'mx.shop.test') }).on('error', () => {});
    const client = connect({ socket: a as never, servername: 'mx.shop.test', ca });
    const [error] = await once(client, 'error') as [NodeJS.ErrnoException];
    said[kind] = error.code!;
  }
  expect(said).toEqual({ 'expired': 'CERT_HAS_EXPIRED', 'self-signed': 'DEPTH_ZERO_SELF_SIGNED_CERT', 'wrong-host': 'ERR_TLS_CERT_ALTNAME_INVALID' });
});
