/**
 * Passwords of streams. Kept as scrypt hashes (RFC 7914; in every Node that
 * Postern runs on), compared in constant time, never logged. Applications log
 * in once per message, so what was found right is remembered for the life of
 * the process, as a keyed digest and not as the password.
 *
 *     scrypt$14$8$1$<salt>$<hash>     log2 N, r, p, base64url
 */
import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { PASSWORD_LIMIT } from '../mail/stream.ts';

// 16 MB and about 40 ms: enough for a password that a person chose, cheap enough for a test that makes ten.
const COST = { log2n: 14, r: 8, p: 1 } as const;
const SALT = 16;
const HASH = 32;
/** Logins remembered as right; the oldest goes first. */
const REMEMBERED = 1_000;

/** 160 bits of chance, in letters and digits that survive URLs and shells. */
export function makePassword(): string {
  return randomBytes(20).toString('base64url').replace(/[-_]/g, (sign) => (sign === '-' ? 'x' : 'y'));
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT);
  const hash = await derive(password, salt, COST.log2n, COST.r, COST.p, HASH);
  return ['scrypt', COST.log2n, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

async function matches(password: string, kept: string): Promise<boolean> {
  const [kind, log2n, r, p, salt, hash] = kept.split('$');
  if (kind !== 'scrypt' || !salt || !hash) throw new Error('A credential has a hash of unknown form');
  const wanted = Buffer.from(hash, 'base64url');
  const got = await derive(password, Buffer.from(salt, 'base64url'), Number(log2n), Number(r), Number(p), wanted.length);
  return timingSafeEqual(got, wanted);
}

function derive(password: string, salt: Buffer, log2n: number, r: number, p: number, length: number): Promise<Buffer> {
  const N = 2 ** log2n;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, length, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

export type PasswordCheck = {
  /** Whether the password is the one behind the hash. Without a hash (nobody has that name) it takes as long and is false. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
};

export function passwordCheck(): PasswordCheck {
  const secret = randomBytes(32);
  // A promise, so that twenty connections that log in at once cost one hash.
  const known = new Map<string, Promise<boolean>>();
  let nobody: Promise<string> | undefined;
  return {
    async verify(password, hash) {
      if (Buffer.byteLength(password) > PASSWORD_LIMIT) return false;
      if (hash === undefined) {
        await matches(password, await (nobody ??= hashPassword(makePassword())));
        return false;
      }
      const key = createHmac('sha256', secret).update(`${hash}\0${password}`).digest('base64');
      let result = known.get(key);
      if (!result) {
        result = matches(password, hash);
        known.set(key, result);
        if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
        // Only what is right is remembered; a guess must not push those out.
        result.then((right) => right || known.delete(key), () => known.delete(key));
      }
      return result;
    },
  };
}
