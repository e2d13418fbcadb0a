/** Bodies over the wire: exact, streamed, cheap whatever is in them, and never a way to smuggle. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { dial } from '../support/dialogue.ts';
import { memoryStore, reception } from '../support/reception.ts';

const newlines = ['\r\n', '\n', '\r'];
const looks = newlines.flatMap((before) => newlines.map((after) => `${before}.${after}`)).filter((look) => look !== '\r\n.\r\n');

test.each([...looks, '\r\n.\r\r\n', '\r\n.\0\r\n', '\n\r.\r\n', '\r\r\n.\n', '\r\n.\r', '\n.\n\n.\n'])('%j smuggles no second message', async (look) => {
  await using postern = await reception();
  const client = await dial(postern.at);
  const hidden = 'MAIL FROM:<evil@app.test>\r\nRCPT TO:<victim@shop.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nhidden\r\n';
  // In one write, and cut at every place round the look-alike.
  for (const cut of [0, 6, 7, 8, 9, 10, 11, 12]) {
    const body = `x\r\nab${look}${hidden}`;
    await client.toData();
    if (cut > 0) await client.send(body.slice(0, cut));
    await client.send(`${body.slice(cut)}.\r\n`);
    await client.expect(null, '250 2.6.0');
    await client.expect('RSET', '250 2.0.0');
  }
  expect(postern.accepted).toHaveLength(8);
  for (const { raw, envelope } of postern.accepted) {
    expect(envelope.from).toBe('ann@app.test');
    expect(raw.toString()).toContain('RCPT TO:<victim@shop.test>\r\n');
  }
});

test('commands that come right after the final dot belong to the next transaction', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.toData('one@app.test');
  await client.send('1\r\n.\r\nMAIL FROM:<two@app.test>\r\nRCPT TO:<b@shop.test>\r\nDATA\r\n2\r\n.\r\n');
  for (const wanted of ['250 2.6.0', '250 2.1.0', '250 2.1.5', '354', '250 2.6.0']) await client.expect(null, wanted);
  expect(postern.accepted.map(({ raw, envelope }) => [envelope.from, raw.toString()])).toEqual([['one@app.test', '1\r\n'], ['two@app.test', '2\r\n']]);
});

test('a body that is sent before 354 is read as one all the same', async () => {
  await using postern = await reception({ stages: { data: () => new Promise((resolve) => setImmediate(() => resolve(undefined))) } });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.send('MAIL FROM:<a@app.test>\r\nRCPT TO:<b@shop.test>\r\nDATA\r\n..QUIT\r\n.\r\n');
  for (const wanted of ['250 2.1.0', '250 2.1.5', '354', '250 2.6.0']) await client.expect(null, wanted);
  expect(postern.accepted[0]!.raw.toString()).toBe('.QUIT\r\n');
});

/** A listener whose store only counts and hashes: what is held is what the listener holds. */
async function counting() {
  const hash = createHash('sha256');
  let largest = 0;
  const { store } = memoryStore();
  let size = 0;
  return {
    digest: () => hash.digest('hex'),
    largest: () => largest,
    size: () => size,
    store: {
      ...store,
      openBody: () => ({
        get size() { return size; },
        held: 0,
        write(chunk: Uint8Array) {
          size += chunk.length;
          largest = Math.max(largest, chunk.length);
          hash.update(chunk);
        },
        abort() {},
      }),
      accept: async () => ({ kind: 'accepted' as const }),
    },
  };
}

test('a line of 100 MB streams through in small pieces and is exact', async () => {
  const sink = await counting();
  await using postern = await reception({ store: sink.store, limits: { messageSize: 200 * 1024 * 1024 } });
  const client = await dial(postern.at);
  await client.toData();
  const piece = Buffer.alloc(1 << 20, '.x');
  const hash = createHash('sha256').update(piece.subarray(1));
  await client.send(piece); // begins with a dot, which is taken off
  for (let i = 1; i < 100; i++) {
    hash.update(piece);
    await client.send(piece);
  }
  await client.send('\r\n.\r\n');
  hash.update('\r\n');
  await client.expect(null, '250 2.6.0');
  expect(sink.digest()).toBe(hash.digest('hex'));
  expect(sink.largest()).toBeLessThanOrEqual(128 * 1024);
});

test('lines that begin with dots cost at most about as much as others', async () => {
  const cost = async (line: string) => {
    const sink = await counting();
    await using postern = await reception({ store: sink.store });
    const client = await dial(postern.at);
    const body = Buffer.from(line.repeat(Math.ceil((5 << 20) / line.length)));
    let best = Infinity;
    for (let i = 0; i < 4; i++) {
      await client.toData();
      const before = process.cpuUsage();
      await client.send(body);
      await client.send('.\r\n');
      await client.expect(null, '250 2.6.0');
      const { user, system } = process.cpuUsage(before);
      best = Math.min(best, user + system);
    }
    return best;
  };
  const plain = await cost(`${'x'.repeat(70)}\r\n`);
  const dots = await cost(`..${'x'.repeat(68)}\r\n`);
  const shortest = await cost('..\r\n');
  if (process.env['SHOW_COST']) console.log({ plain, dots, shortest });
  expect(dots / plain).toBeLessThan(4);
  expect(shortest / plain).toBeLessThan(4);
});

test('a store that presses back slows the client and holds little', async () => {
  let release: (() => void) | undefined;
  const open = new Promise<void>((resolve) => { release = resolve; });
  await using postern = await reception({ before: { write: () => open } });
  const client = await dial(postern.at);
  await client.toData();
  client.socket.write(Buffer.alloc(32 << 20, 'x'));
  await expect.poll(() => postern.inFlight()).toBeGreaterThan(0);
  // Nothing more is taken until the store says so: the rest stays with the client and in the kernel.
  const held = postern.inFlight();
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(postern.inFlight()).toBe(held);
  expect(held).toBeLessThanOrEqual(128 * 1024);
  client.destroy();
  release!();
  await expect.poll(() => postern.listener.connections()).toBe(0);
});
