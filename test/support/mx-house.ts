/** The MX listener over a store with streams that have return paths, and the reader of what comes back: what its stories begin with. */
import type { Refusal } from '../../server/admission/refusal.ts';
import type { SmtpLimits } from '../../server/admission/smtp/desk.ts';
import { tlsMaterial } from '../../server/admission/smtp/tls.ts';
import { openStreams } from '../../server/admission/streams.ts';
import { type Clock, wallClock } from '../../server/clock.ts';
import { mxListener } from '../../server/coming-back.ts';
import { defaults } from '../../server/config.ts';
import { makeVerp } from '../../server/dsn/verp.ts';
import { createHub } from '../../server/events/hub.ts';
import type { PosternEvent } from '../../server/events/event.ts';
import { idMaker } from '../../server/ids.ts';
import { createLog } from '../../server/log.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { createReturns } from '../../server/returns/returns.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { postTo } from './post.ts';

/** `shop` and `news` share return.test, `solo` has its own; `plain` has none. */
export const LANES = { shop: 'return.test', news: 'Return.TEST', solo: 'solo.return.test', plain: null } as const;

export async function openMxHouse({ clock = wallClock, limits = {} }: { clock?: Clock; limits?: Partial<SmtpLimits> } = {}) {
  const makeId = idMaker();
  const store = await openStore({ dir: ':memory:', clock });
  const streams = await openStreams({ store, clock, makeId });
  for (const [name, returnPath] of Object.entries(LANES)) await streams.create({ name, mode: 'deliver', delivery: { ...DEFAULT_DELIVERY, returnPath } });
  const verp = (stream: string) => {
    const domain = streams.get(stream)?.delivery.returnPath;
    return domain ? makeVerp({ secret: 'of the test', domain }) : undefined;
  };
  const hub = createHub(store);
  const quiet = createLog({ level: 'silent', format: 'text' });
  const returns = createReturns({ store, hub, verp, clockOf: () => clock, wall: clock, log: quiet });
  await returns.start();
  const refusals: Refusal[] = [];
  const listener = mxListener({
    config: { ...defaults(), smtpName: 'mx.return.test' }, store, streams, verp, clock, makeId, log: quiet, limits,
    tls: tlsMaterial({ cert: null, key: null, dir: null, name: 'mx.return.test' }),
    metrics: { heard: (outcome) => { if (outcome.kind === 'refused') refusals.push(outcome); } },
  });
  const at = await listener.listen({ host: '127.0.0.1', port: 0 });
  const { post } = postTo(store, clock);

  /** Mail of a stream that was really delivered; answers its id. */
  async function delivered(stream: string, to: string | string[], messageId = 'm1@shop.test'): Promise<string> {
    const id = await post({ stream, to: [to].flat(), headers: { 'Message-ID': `<${messageId}>` }, queue: { mode: 'deliver' } });
    const destinations = [...new Set([to].flat().map((address) => address.slice(address.indexOf('@') + 1).toLowerCase()))];
    const { messages } = await store.lease({ stream, mode: 'deliver', destinations, now: clock.now(), messages: 100, recipients: 100 });
    await store.settle(messages.flatMap(({ recipients }) => recipients.map(({ key }) => ({ key, state: 'delivered' as const, events: [] }))));
    return id;
  }

  return {
    store, streams, at, refusals, verp, delivered, listener,
    async told(): Promise<Record<string, unknown>[]> {
      await returns.quiet();
      const events = await store.events({ after: 0, limit: 5_000 });
      return events.filter(({ type }) => type.endsWith('.received') || type.startsWith('suppression.')).map(({ id: _, at: __, ...rest }: PosternEvent) => rest);
    },
    /** What came in, by stream. */
    async taken(): Promise<string[]> {
      const events = await store.events({ after: 0, limit: 5_000 });
      return events.flatMap((event) => (event.type === 'message.captured' && event.queued === undefined ? [`${event.stream} ${event.summary.recipients.join(' ')}`] : []));
    },
    async [Symbol.asyncDispose]() {
      await listener.close(0);
      await returns[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
