/** Mail that comes back, and what it is about: what the stories of returns begin with. */
import { onTestFinished } from 'vitest';
import { createAdmit } from '../../server/admission/admit.ts';
import { manualClock } from '../../server/clock.ts';
import { composeDsn, type Original } from '../../server/dsn/compose.ts';
import type { Verp } from '../../server/dsn/verp.ts';
import { createHub } from '../../server/events/hub.ts';
import type { PosternEvent } from '../../server/events/event.ts';
import { idMaker } from '../../server/ids.ts';
import { findEnhanced } from '../../server/mail/enhanced-status.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION } from '../../server/mail/stream.ts';
import { createReturns } from '../../server/returns/returns.ts';
import { openStore } from '../../server/store/sqlite/open.ts';

export const HOUR = 3_600_000;

const modeOf = (stream: string) => (stream === 'live' ? 'deliver' as const : 'simulate' as const);

/** Streams with mail that was delivered, and the reader of what comes back of it, until the test is over. */
export async function returnsHouse({ dir = ':memory:', verp }: { dir?: string; verp?: Verp | ((stream: string) => Verp | undefined) } = {}) {
  const clock = manualClock();
  const store = await openStore({ dir, clock });
  const hub = createHub(store);
  for (const name of ['shop', 'other', 'live']) await store.createStream({ name, mode: modeOf(name), retention: DEFAULT_RETENTION, tags: [], createdAt: 0, delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null });
  const log = { warn: () => {}, error: () => {} };
  const makeId = idMaker();
  /** A simulated clock that was moved on. */
  const ahead = { ...clock, now: () => clock.now() + 1_000 * HOUR };
  const admit = createAdmit({
    store, clock, makeId, limits: { messageSize: 64 * 1024 * 1024, inFlight: 1024 ** 3 }, streamTags: () => [],
    plan: ({ stream, envelope }) => (envelope.from === '' ? undefined : { mode: modeOf(stream), priority: 'normal', queuedAt: clock.now(), due: clock.now(), expiresAt: clock.now() + 24 * HOUR, destinations: envelope.recipients.map(() => 'x.test') }),
  });
  const open = (heard = hub, verpOf = (stream: string) => (typeof verp === 'function' ? verp(stream) : verp)) => createReturns({ store, hub: heard, clockOf: (stream) => (stream === 'live' ? ahead : clock), wall: clock, log, verp: verpOf });
  const returns = open();
  await returns.start();

  async function handIn(raw: Uint8Array, { to = 'app@shop.test', from = '', stream = 'shop', envid }: { to?: string | string[]; from?: string; stream?: string; envid?: string } = {}): Promise<string> {
    const intake = admit.open();
    if ('kind' in intake) throw new Error(intake.text);
    await intake.write(Buffer.from(raw));
    const sealed = intake.seal({
      stream, via: 'smtp', envelope: { from, recipients: [to].flat().map((address) => ({ address })), ...(envid === undefined ? {} : { envid }) },
      session: { id: 's', protocol: 'smtp', client: { address: '127.0.0.1', port: 1 }, transcript: [], times: { opened: 0, received: 0 } },
    });
    const accepted = sealed.kind === 'refused' ? sealed : await admit.commit(sealed);
    if (accepted.kind === 'refused') throw new Error(accepted.text);
    return accepted.id;
  }

  /** Mail that was delivered, and may come back. */
  async function sent(to: string | string[], messageId: string, { stream = 'shop', envid }: { stream?: string; envid?: string } = {}): Promise<string> {
    const id = await handIn(Buffer.from(`From: app@shop.test\r\nMessage-ID: <${messageId}>\r\nSubject: Your order\r\n\r\nHello.\r\n`), { to, from: 'app@shop.test', stream, ...(envid === undefined ? {} : { envid }) });
    const { messages } = await store.lease({ stream, mode: modeOf(stream), destinations: ['x.test'], now: clock.now(), messages: 100, recipients: 100 });
    await store.settle(messages.flatMap(({ recipients }) => recipients.map(({ key }) => ({ key, state: 'delivered' as const, events: [] }))));
    return id;
  }

  async function told(): Promise<Record<string, unknown>[]> {
    await returns.quiet();
    const events = await store.events({ after: 0, limit: 5_000 });
    return events.filter(({ type }) => type.endsWith('.received') || type.startsWith('suppression.')).map(({ id: _, at: __, ...rest }: PosternEvent) => rest);
  }

  const close = async () => {
    await returns[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  };
  onTestFinished(close);
  return { store, hub, clock, returns, open, handIn, sent, told, close };
}

export const AT = Date.UTC(2026, 0, 1);
/** What a report is about. */
export const original = (messageId: string): Original => ({ messageId, from: 'app@shop.test', receivedAt: AT, raw: Buffer.from(`Message-ID: <${messageId}>\r\nSubject: Your order\r\n\r\n`) });
export const said = (code: number, status: string, text: string) => ({ kind: 'reply', code, enhanced: findEnhanced(status)!, text, host: 'mx.x.test' } as const);
export const dsn = (address: string, messageId: string, answer = said(550, '5.1.1', 'No such user'), more: Partial<Parameters<typeof composeDsn>[0]> = {}) =>
  composeDsn({ id: `dsn-${address}-${messageId}`, at: AT, from: 'MAILER-DAEMON@mx.x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original: original(messageId), recipients: [{ address, answer, attempts: 1, lastAt: AT }], ...more });
