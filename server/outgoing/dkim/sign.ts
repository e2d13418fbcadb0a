/**
 * DKIM-Signature fields (RFC 6376, RFC 8463): relaxed/relaxed, SHA-256, one
 * for each key. The arithmetic is done on libuv's threads, not on ours.
 */
import { createHash, sign as signWith, type KeyObject } from 'node:crypto';
import type { Field } from '../head.ts';
import type { DkimKey } from '../keys/pair.ts';
import { relaxed } from './canon.ts';
import type { Signed } from './signed.ts';

export type SignOptions = {
  domain: string;
  keys: readonly DkimKey[];
  signed: Signed;
  /** Base64. */
  bodyHash: string;
  /** Milliseconds since the epoch, for `t=`. */
  now: number;
};

export function signatures({ domain, keys, signed, bodyHash, now }: SignOptions): Promise<Field[]> {
  return Promise.all(keys.map(async (key) => {
    const unsigned = [
      `DKIM-Signature: v=1; a=${key.algorithm}-sha256; c=relaxed/relaxed; d=${domain};`,
      ` s=${key.selector}; t=${Math.floor(now / 1000)};`,
      ...namesFolded(signed.names),
      ` bh=${bodyHash};`,
      ' b=',
    ].join('\r\n');
    // Its own field comes last, with an empty b= and without a line end (§3.7).
    const text = signed.text + relaxed({ name: 'dkim-signature', raw: unsigned }).slice(0, -2);
    const signature = await signatureOf(key, Buffer.from(text, 'latin1'));
    return { name: 'dkim-signature', raw: `${unsigned}${signature.match(/.{1,72}/g)!.join('\r\n  ')}\r\n` };
  }));
}

/** RFC 8463 §3: what Ed25519 signs is the SHA-256 of the text. */
async function signatureOf({ algorithm, privateKey }: DkimKey, text: Buffer): Promise<string> {
  const signature = algorithm === 'rsa' ? await sign('sha256', text, privateKey) : await sign(null, createHash('sha256').update(text).digest(), privateKey);
  return signature.toString('base64');
}

function sign(digest: string | null, octets: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    signWith(digest, octets, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}

/** `h=` over lines of at most 76 characters; folds may stand beside its colons (§3.5). */
function namesFolded(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = ' h=';
  for (const [i, name] of names.entries()) {
    const piece = i < names.length - 1 ? `${name}:` : `${name};`;
    if (line.length + piece.length > 76) {
      lines.push(line);
      line = '  ';
    }
    line += piece;
  }
  return [...lines, line];
}
