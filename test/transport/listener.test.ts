/** Our client with our own listener, over TCP: both ends of Postern understand each other, octet by octet. */
import { createHash, randomFillSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { tlsMaterial } from '../../server/admission/smtp/tls.ts';
import { wallClock } from '../../server/clock.ts';
import type { Transaction } from '../../server/transport/attempted.ts';
import type { Carrier } from '../../server/transport/carrier.ts';
import { connectTo } from '../../server/transport/connect.ts';
import { reception, type ReceptionOptions } from '../support/reception.ts';
import { octets, short, talkOf } from './house.ts';
import { sockets } from './sockets.ts';

async function reached(options: ReceptionOptions = {}) {
  const postern = await reception(options);
  const found = await connectTo(sockets)(
    { site: 'own', hosts: [{ name: 'postern.test', address: postern.at.host, port: postern.at.port, preference: 0 }] },
    { stream: 'default', destination: 'own.test', talk: talkOf(wallClock), heloName: 'client.test', connection: 'c-1' },
  );
  if (!('carry' in found)) throw new Error(JSON.stringify(found));
  const carrier: Carrier = found;
  return {
    carrier, postern,
    async [Symbol.asyncDispose]() {
      carrier.close();
      await carrier.closed;
      await postern[Symbol.asyncDispose]();
    },
  };
}

const BODIES: Record<string, Buffer> = {
  'a usual one': Buffer.from('Subject: hi\r\n\r\nhello\r\n'),
  'dots at every line': Buffer.from('.\r\n..\r\n.a\r\n.\r\n\r\n.\r\n'),
  'bare line ends and dots': Buffer.from('a\n.\nb\r.\rc\n.\r\nd\r\n.\n.\r\n'),
  'octets of all kinds': Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)), Buffer.from('\r\n')]),
  '3 MB of chance': Buffer.concat([randomFillSync(Buffer.alloc(3 << 20)), Buffer.from('\r\n')]),
};

const transaction = (raw: Buffer, more: Partial<Transaction> = {}): Transaction => ({
  from: 'ann@app.test', recipients: [{ address: 'bob@shop.test' }], size: raw.length, open: async () => octets(raw), ...more,
});

for (const encrypted of [false, true]) {
  const options = encrypted ? { tls: tlsMaterial({ cert: null, key: null, dir: null, name: 'postern.test' }) } : {};
  test(`messages of all kinds arrive octet by octet over one connection ${encrypted ? 'with' : 'without'} TLS`, async () => {
    await using house = await reached(options);
    const { carrier, postern } = house;
    expect(carrier.tls?.version).toBe(encrypted ? 'TLSv1.3' : undefined);
    for (const raw of Object.values(BODIES)) {
      const result = await carrier.carry(transaction(raw));
      expect(short(result)).toEqual(['250 body']);
      expect(result.alive).toBe(true);
    }
    const digest = (raw: Buffer) => createHash('sha256').update(raw).digest('hex');
    expect(postern.accepted.map(({ raw }) => digest(raw))).toEqual(Object.values(BODIES).map(digest));
    expect(carrier.carried).toBe(Object.keys(BODIES).length);
  });
}

test('what the envelope asks for arrives with it, and each refusal at its recipient', async () => {
  await using house = await reached();
  const { carrier, postern } = house;
  const raw = Buffer.from('Subject: hi\r\n\r\nhello\r\n');
  const recipients: Transaction['recipients'] = [
    { address: 'bob@shop.test', notify: ['SUCCESS', 'FAILURE'], orcpt: 'rfc822;bob@shop.test' },
    { address: 'no address' },
    { address: '"ev e"@shop.test' },
  ];
  const result = await carrier.carry(transaction(raw, { from: 'jörg@app.test', recipients, ret: 'HDRS', envid: 'e+2B1', body: '8BITMIME', smtputf8: true }));
  expect(short(result)).toEqual(['250 body', expect.stringMatching(/^5\d\d rcpt$/), '250 body']);
  expect(postern.accepted[0]!.envelope).toEqual({
    from: 'jörg@app.test', recipients: [recipients[0], recipients[2]], ret: 'HDRS', envid: 'e+2B1', body: '8BITMIME', smtputf8: true, declaredSize: raw.length,
  });
});

test('a message above the limit that the listener names is not sent', async () => {
  await using house = await reached({ limits: { messageSize: 1_000 } });
  expect(house.carrier.offers.sizeLimit).toBe(1_000);
  expect(short(await house.carrier.carry(transaction(Buffer.alloc(1_001, 'x'))))).toEqual(['size mail']);
  expect(short(await house.carrier.carry(transaction(Buffer.from('small\r\n'))))).toEqual(['250 body']);
});

test('a listener that closes while the connection rests leaves a dead carrier, not an error', async () => {
  await using house = await reached();
  await house.carrier.carry(transaction(Buffer.from('one\r\n')));
  await house.postern.listener.close(0);
  await house.carrier.closed;
  expect(house.carrier.alive).toBe(false);
});
