import { expect, test } from 'vitest';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Carrier } from '../transport/carrier.ts';
import { NO_EXTENSIONS } from '../transport/extensions.ts';
import { fitFor } from './fitting.ts';

/** Whether the octets of a plain message are read for a remote that offers this, and what it then needs. */
async function fitted(offers: Partial<Carrier['offers']>, asks: Pick<Outgoing, 'body' | 'smtputf8'>, isPrepared = false) {
  let isRead = false;
  async function* octets() {
    isRead = true;
    yield Buffer.from('Subject: hi\r\n\r\nhello\r\n');
  }
  const { body, smtputf8 } = await fitFor({ offers: { ...NO_EXTENSIONS, ...offers } } as Carrier, { size: 24, open: async () => octets(), ...asks }, isPrepared);
  return [isRead, body, smtputf8];
}

test('the octets of simulated mail are read where the remote lacks what they may need, and nowhere else', async () => {
  const both = { body: '8BITMIME', smtputf8: true } as const;
  expect(await fitted({ eightBit: true, smtputf8: true }, both)).toEqual([false, '8BITMIME', true]);
  expect(await fitted({ eightBit: true }, { body: '8BITMIME' })).toEqual([false, '8BITMIME', undefined]);
  expect(await fitted({ eightBit: true }, both)).toEqual([true, '7BIT', undefined]);
  expect(await fitted({ smtputf8: true }, {})).toEqual([true, '7BIT', undefined]);
  expect(await fitted({}, both, true)).toEqual([false, '8BITMIME', true]);
});
