/**
 * Return paths that say themselves which recipient of which message they are
 * for, so that a bounce without any other trace is still matched:
 *
 *     b+<message id>.<place of the recipient>.<signature>@return.shop.test
 *
 * The signature is ten characters (50 bits) of an HMAC, so that nobody can
 * make up a bounce for mail that he did not get. Case does not count: local
 * parts are lower-cased on many ways. Always within 64 octets.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ID } from '../ids.ts';
import { domainKey, splitAddress } from '../mail/address.ts';

export type Verp = {
  address(message: string, n: number): string;
  /** Undefined for what is no such address, or is signed by somebody else. */
  read(address: string): { message: string; n: number } | undefined;
};

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SIGNATURE = 10;
const FORM = new RegExp(`^b\\+(${ID})\\.(0|[1-9]\\d{0,8})\\.([0-9A-HJKMNP-TV-Z]{${SIGNATURE}})$`, 'i');

/** What an address says to be the return path of, whoever signed it. */
export function claimOf(address: string): { message: string; n: number } | undefined {
  const form = FORM.exec(splitAddress(address).local);
  return form ? { message: form[1]!.toUpperCase(), n: Number(form[2]) } : undefined;
}

/** The domain is signed, too. */
export function makeVerp({ secret, domain }: { secret: string | Uint8Array; domain: string }): Verp {
  if (secret.length === 0) throw new Error('A return path needs a secret to be signed with');
  const home = domainKey(domain);
  function signature(message: string, n: number): string {
    const digest = createHmac('sha256', secret).update(`verp\0${message.toLowerCase()}\0${n}\0${home}`).digest();
    let text = '';
    for (let i = 0; i < SIGNATURE; i++) text += ALPHABET[digest[i]! & 31];
    return text;
  }
  return {
    address: (message, n) => `b+${message.toLowerCase()}.${n}.${signature(message, n)}@${domain}`,
    read(address) {
      const { local, domain: at } = splitAddress(address);
      const claim = claimOf(address);
      if (!claim || domainKey(at) !== home) return undefined;
      return timingSafeEqual(Buffer.from(local.slice(-SIGNATURE).toLowerCase()), Buffer.from(signature(claim.message, claim.n))) ? claim : undefined;
    },
  };
}
