import { expect, test } from 'vitest';
import { asItIs } from './as-it-is.ts';

async function needs(message: string, cut = message.length) {
  const octets = Buffer.from(message, 'latin1');
  async function* pieces() {
    for (const piece of [octets.subarray(0, cut), octets.subarray(cut)]) if (piece.length > 0) yield piece;
  }
  const { body, smtputf8 } = await asItIs({ size: octets.length, body: '8BITMIME', smtputf8: true, open: async () => pieces() });
  return `${body}${smtputf8 ? ' SMTPUTF8' : ''}`;
}

test.each([
  ['A: b\r\n\r\nplain\r\n', '7BIT'],
  ['A: b\r\n\r\n\xe9\r\n', '8BITMIME'],
  ['A: b\n\n\xe9', '8BITMIME'],
  ['\r\n\xe9', '8BITMIME'],
  ['A: \xe9\r\n\r\nplain\r\n', '8BITMIME SMTPUTF8'],
  ['A: b\r\nC:\r\n \xe9', '8BITMIME SMTPUTF8'],
  ['', '7BIT'],
])('%j needs %s, wherever it is cut', async (message, expected) => {
  for (let cut = 0; cut <= message.length; cut++) expect(await needs(message, cut)).toBe(expected);
});
