/**
 * The pre-flight as this house runs it: what it knows of itself is handed to
 * the checks as facts, and what they ask of the outside goes through the same
 * resolver and guard as the mail. Daily for live streams of a process that
 * delivers. A part of building.ts.
 */
import { randomInt } from 'node:crypto';
import type { Streams } from './admission/streams.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { EventBody } from './events/event.ts';
import type { GoingOut } from './going-out.ts';
import { lately } from './lately.ts';
import type { Log } from './log.ts';
import { chanceOf } from './mail/chance.ts';
import { createDaily, type Daily } from './preflight/daily.ts';
import type { Preflight } from './preflight/preflight.ts';
import type { PreflightOptions, Preflights } from './preflight/preflights.ts';
import type { Store } from './store/port.ts';

export type LookingOptions = { config: Config; store: Store; streams: Streams; real: GoingOut; clock: Clock; log: Log; tell(event: EventBody): Promise<unknown>; closers: (() => unknown)[] };

export type Looking = {
  /** Kept as the last one of the stream. Throws OperatorError for a domain that is none. */
  ofStream(name: string, options?: PreflightOptions): Promise<Preflight | 'no-stream' | 'no-domain'>;
  ofDomain(domain: string): Promise<Preflight>;
  /** Of a stream; null when none was run. */
  last(stream: string): Promise<Preflight | null>;
};

export async function lookAtDomains({ config, store, streams, real, clock: wall, log, tell, closers }: LookingOptions): Promise<Looking> {
  const preflights = lately(async (): Promise<Preflights> => {
    // SPF and DMARC bring a lot along, which nothing else needs.
    const [{ createPreflights }, { createGuard }, { createStsFetch }, { caller }, resolver, internet] = await Promise.all([
      import('./preflight/preflights.ts'), import('./network/internet/guard.ts'), import('./network/internet/sts-fetch.ts'), import('./cli/check-dial.ts'), real.resolver(), real.internet(),
    ]);
    const guard = createGuard(config.deliveryPrivate);
    const authorities = config.deliveryCa === null ? undefined : await internet.authorities();
    return createPreflights({
      resolver, wall,
      keys: real.keys,
      house() {
        const { permitted, switch: { on, by, reason } } = real.gate;
        return {
          helo: config.smtpName,
          listener: config.mxListen === null ? null : { names: [config.smtpName], addresses: [] },
          permitted,
          stopped: on ? null : `by ${by}${reason === '' ? '' : `: ${reason}`}`,
        };
      },
      fetchPolicy: createStsFetch({ clock: wall, resolver, guard, random: () => randomInt(2 ** 32) / 2 ** 32, authorities: () => authorities, port: 443 }),
      dial25: caller({ clock: wall, guard, port: config.deliveryPort }),
    });
  });

  const daily: Daily = await createDaily({
    kept: store, wall, log,
    // Where nothing is delivered, nobody is asked about it.
    streams: { all: () => streams.all().map((stream) => (config.delivery || stream.mode !== 'deliver' ? stream : { ...stream, mode: 'capture' })) },
    async run(stream) {
      const preflight = await (await preflights()).ofStream(stream);
      return preflight === 'no-domain' ? undefined : preflight;
    },
    tell: async (events) => {
      for (const event of events) await tell(event);
    },
    chance: (...words) => chanceOf(0, ...words),
  });
  const unhear = streams.onChange(() => daily.changed());
  closers.push(() => {
    unhear();
    return daily.close();
  });

  /** Whoever asks may have published something a moment ago: that it was not there is not said from memory. */
  const anew = async () => (await real.resolver()).forget();

  return {
    async ofStream(name, options) {
      const stream = streams.get(name);
      if (!stream) return 'no-stream';
      await anew();
      const preflight = await (await preflights()).ofStream(stream, options);
      if (preflight !== 'no-domain') await daily.took({ ...preflight, stream: name });
      return preflight;
    },
    async ofDomain(domain) {
      await anew();
      return (await preflights()).ofDomain(domain);
    },
    last: async (stream) => daily.last(stream) ?? null,
  };
}
