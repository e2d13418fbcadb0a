/** Secrets of the house: each made once, of 32 octets of chance, and kept, so that what was signed with it stays valid. */
import { randomBytes } from 'node:crypto';

type Kept = { kept(kind: string, name: string): Promise<string | undefined>; keep(kind: string, name: string, json: string | null): Promise<void> };

/** As base64. */
export async function keptSecret(store: Kept, name: string): Promise<string> {
  const known = await store.kept('secret', name);
  if (known !== undefined) return JSON.parse(known) as string;
  const secret = randomBytes(32).toString('base64');
  await store.keep('secret', name, JSON.stringify(secret));
  return secret;
}
