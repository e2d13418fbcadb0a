/**
 * Signatures as in the Standard Webhooks specification, by its own library:
 * what a receiver verifies with that library is what was signed with it.
 */
import { Webhook } from 'standardwebhooks';

const PREFIX = 'whsec_';

/** Of 24 octets of chance, as the specification advises. */
export const makeSecret = (fill: (bytes: Uint8Array) => void): string => {
  const bytes = Buffer.alloc(24);
  fill(bytes);
  return PREFIX + bytes.toString('base64');
};

/** Why a secret will not do; undefined when it does. */
export function secretFault(secret: string): string | undefined {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 && bytes.length >= 24 && bytes.length <= 64 ? undefined : `must be ${PREFIX} and 24 to 64 octets as base64`;
}

/** `at` is when this try is made: receivers refuse what is older than five minutes. */
export function signedHeaders({ secret, id, at, body }: { secret: string; id: string; at: number; body: string }): Record<string, string> {
  return { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at / 1000)), 'webhook-signature': new Webhook(secret).sign(id, new Date(at), body) };
}
