/**
 * What a stored message needs of a remote, by its octets: a client may have
 * asked for 8BITMIME and SMTPUTF8 without need, and sent octets beyond ASCII
 * without asking. Of the copy that goes out for real this is known already
 * (outgoing/copy.ts); simulated mail is looked at only where a remote lacks
 * one of them, so that it ends there as real mail would.
 */
import { isAscii } from 'node:buffer';
import type { Outgoing } from '../outgoing/outgoing.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Rejects when it cannot be read. */
export async function asItIs({ body: _body, smtputf8, ...copy }: Outgoing): Promise<Outgoing> {
  let isHead = true;
  let isEmptyLine = true;
  let isPlainHead = true;
  let isPlain = true;
  for await (const chunk of await copy.open()) {
    let end = 0;
    for (; isHead && end < chunk.length; end++) {
      const octet = chunk[end]!;
      if (octet === LF && isEmptyLine) isHead = false;
      isEmptyLine = octet === LF || (octet === CR && isEmptyLine);
    }
    isPlainHead &&= isAscii(chunk.subarray(0, end));
    isPlain &&= isAscii(chunk);
    if (!isHead && !isPlain) break;
  }
  return { ...copy, body: isPlain ? '7BIT' : '8BITMIME', ...(smtputf8 && !isPlainHead ? { smtputf8 } : {}) };
}
