import { afterAll, expect, test } from 'vitest';
import { wallClock } from '../../clock.ts';
import { createDesk, DeskClosed } from './desk.ts';

const FRAIL = new URL('../../../test/support/frail-worker.ts', import.meta.url);
const frail = createDesk(wallClock, { time: 1_000, total: 15_000, memory: 32 }, FRAIL);
const real = createDesk(wallClock);
afterAll(() => Promise.all([frail.close(), real.close()]));

const message = (id: string, order = 'fine') => ({ envelope: { id, envelopeFrom: '', recipients: [] }, bytes: Buffer.from(`Subject: Order ${id}\r\n\r\n${order}`) });
const outcome = async (orders: string[]) => {
  const entries = await frail.read(orders.map((order, i) => message(String(i), order)));
  return Object.fromEntries(entries.map((entry) => [entry.id, entry.snippet || entry.parsed.error]));
};

test('a message at which the worker dies is marked, and the others are read', async () => {
  expect(await outcome(['fine', 'die', 'fine', 'throw'])).toEqual({
    0: 'read', 1: 'Reading the body failed: its thread ended with code 3. The raw message is whole.', 2: 'read', 3: 'Reading the body failed: a bug. The raw message is whole.',
  });
});

test('a message at which the worker hangs or runs out of memory is marked, and the others are read', async () => {
  expect(await outcome(['hang', 'fine', 'grow'])).toEqual({
    0: 'Reading the body took longer than 1 s and was given up. The raw message is whole.', 1: 'read', 2: 'Reading the body took more than 32 MB of memory and was given up. The raw message is whole.',
  });
});

test('the header of an unreadable message is shown and found all the same', async () => {
  const [entry] = await frail.read([message('x', 'die')]);
  expect(entry!.parsed.headers).toEqual([{ name: 'Subject', value: 'Order x' }]);
  expect(entry!.words.subject).toBe('order x');
});

test('a large message comes in pieces, and one that breaks the worker is marked', async () => {
  async function* pieces(last: string) {
    for (let i = 0; i < 20; i++) yield Buffer.from('Subject: large\r\n');
    yield Buffer.from(last);
  }
  const envelope = { id: 'large', envelopeFrom: '', recipients: [] };
  expect((await frail.readPieces(envelope, pieces('fine'))).snippet).toBe('read');
  expect((await frail.readPieces(envelope, pieces('die'))).parsed.error).toContain('its thread ended');
  await expect(real.readPieces(envelope, (async function* () { yield Buffer.from('x'); throw new Error('the disk broke'); })())).rejects.toThrow('the disk broke');
  expect((await real.readPieces(envelope, pieces('\r\nthe text'))).parsed.text).toBe('the text');
});

test('a closed desk reads nothing more', async () => {
  const desk = createDesk(wallClock);
  await desk.close();
  await expect(desk.read([message('1')])).rejects.toThrow(DeskClosed);
});
