/**
 * Pre-flights as they are asked for: of a domain, or of a stream, of which
 * the policy, the keys and the gate are looked up. The API and the daily look
 * call it.
 */
import { splitAddress } from '../mail/address.ts';
import type { Stream } from '../mail/stream.ts';
import type { KeyRing } from '../outgoing/keys/ring.ts';
import type { PreflightDeps } from './ask.ts';
import { askOf, domainOf, type House, signerOf } from './ask-of.ts';
import { domainName } from './names.ts';
import type { Preflight } from './preflight.ts';
import { runPreflight } from './run.ts';

export type PreflightsDeps = PreflightDeps & {
  /** As it is now. */
  house: () => House;
  keys: Pick<KeyRing, 'facts'>;
};

export type PreflightOptions = { /** Of From, where it is another than the stream's policy says. */ domain?: string; /** Also calls the mail server of the first domain that the stream may send to. */ call?: boolean };

export type Preflights = {
  /** `no-domain`: the policy names none, so it has to be said. Throws OperatorError when what was said is none. */
  ofStream(stream: Stream, options?: PreflightOptions): Promise<Preflight | 'no-domain'>;
  ofDomain(domain: string): Promise<Preflight>;
};

export function createPreflights({ house, keys, ...deps }: PreflightsDeps): Preflights {
  /** Without a name nothing is looked up; that it is none, runPreflight says. */
  const keysOf = async (domain: string) => keys.facts(domainName(domain) ?? domain);
  return {
    async ofStream(stream, { domain: said, call = false } = {}) {
      const domain = said ?? domainOf(stream);
      if (domain === null) return 'no-domain';
      return runPreflight(askOf(stream, domain, house(), await keysOf(signerOf(stream, domain)), call ? callable(stream.delivery.live.allow) : null), deps);
    },
    async ofDomain(domain) {
      const { helo, listener } = house();
      const { domain: signer, keys: known, flaws } = await keysOf(domain);
      const hasKeys = known.length + flaws.length > 0;
      return runPreflight({
        domain, stream: null, sources: [], helo, listener, returnPath: null, gate: null, port25: null,
        signing: { signs: true, domain: hasKeys ? signer : null, keys: hasKeys ? known : null, flaws },
      }, deps);
    },
  };
}

/** The first domain that mail may go to by name. */
function callable(allow: readonly string[]): string | null {
  const names = allow.map((one) => domainName((splitAddress(one).domain || one).replace(/^\*\./, '')));
  return names.find((name) => name?.includes('.')) ?? null;
}
