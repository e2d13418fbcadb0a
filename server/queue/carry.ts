/**
 * Carries what is due to one site: lease, connect (or use a connection that
 * rests), one message after the other, and settle what was told of each.
 *
 *     lease ─▶ route ─▶ connect ─▶ carry ─▶ … ─▶ rest, or QUIT
 *                │         │         └─ the connection is gone ─▶ the others are given back
 *                └─────────┴─ failed: an attempt for the one message it was
 *                             opened for; the others are given back, the site rests
 *
 * It decides nothing about a recipient (settle.ts does) and nothing about when
 * (seats.ts and the site do).
 */
import type { Answer, Stage } from '../mail/reply.ts';
import type { Talk } from '../network/talk.ts';
import type { Route } from '../network/network.ts';
import type { Transaction, TransactionResult } from '../transport/attempted.ts';
import type { Carrier, NotConnected } from '../transport/carrier.ts';
import type { Carrying, Errand } from './carrying.ts';
import { type Load, rankOf, sortLoads } from './loads.ts';
import { noticesFor } from './notices.ts';
import type { Outcome } from './port.ts';
import type { Run } from './run.ts';
import { giveBack, type Settled, settle, settleOverdue, settleSuppressed } from './settle.ts';

/** `asked`: it was made for the attempt that comes first, which began when it was asked for. */
type Connection = { carrier: Carrier; talk: Talk; asked?: { at: number; wall: number } | undefined };

const RECIPIENTS_MOST = 1_000;
/** A message that could not be read is tried again after so long. */
const UNREADABLE_MS = 60_000;

export async function carry(on: Carrying, run: Run, errand: Errand): Promise<void> {
  const { clock } = on;
  let { seat } = errand;
  let connection: Connection | undefined = errand.reuse && { carrier: errand.reuse.carrier, talk: errand.reuse.talk };
  /** Counted at the seat, and not yet a connection. */
  let promised = seat !== undefined && !errand.reuse && !errand.only;
  const narrow = errand.only !== undefined;

  const drop = () => {
    if (!connection) return;
    connection.carrier.close();
    const { talk } = connection;
    void connection.carrier.closed.then(() => talk.end());
    connection = undefined;
    run.carrier = undefined;
    run.talk = undefined;
    if (seat && !narrow) on.closed(seat);
  };
  const release = () => {
    if (promised && seat) on.closed(seat);
    promised = false;
  };

  const wanted = on.reserve(seat);
  /** Of the site's rate: reserved, and not used so far. */
  let tokens = { seat, left: wanted };
  const giveTokens = (keep = 0) => {
    on.unused(tokens.seat, Math.max(tokens.left - keep, 0));
    tokens.left = Math.min(tokens.left, keep);
  };
  const returnPath = on.returnPath();
  on.flush(clock.now());
  const claimed = on.claim(errand.destinations);
  const lease = await on.store.lease({ stream: on.stream, destinations: errand.destinations, now: clock.now(), messages: wanted, recipients: returnPath && !narrow ? wanted : RECIPIENTS_MOST, ...(errand.only ? { only: errand.only } : {}) })
    .catch((error: unknown) => {
      // Nothing is known to be leased. The lanes are looked at again by whoever mends that.
      giveTokens();
      release();
      drop();
      throw error;
    });
  on.leased(errand.destinations, lease.left, claimed);
  // What need not be seen by this lease is written while its conversations go on. It puts its lanes anew.
  on.flush();

  const now = clock.now();
  const { loads, suppressed, overdue } = sortLoads(lease.messages, now, returnPath !== undefined);
  for (const load of suppressed) await end(load, load.recipients.map((one) => settleSuppressed(one, one.suppressed!, now + load.offset)));
  for (const load of overdue) await end(load, load.recipients.map((one) => settleOverdue(one, now + load.offset, on.policy(), one.last ? on.classify(one.last.answer) : undefined)));

  run.rest = loads;
  // A message with a return path for each recipient is as many transactions: what the site does not let go now is given back.
  if (!narrow) await back(loads.splice(wanted));
  giveTokens(loads.length);
  let tried = 0;
  for (let load = run.rest.shift(); load; load = run.rest.shift()) {
    run.load = load;
    if (on.stopping()) {
      await back([load, ...run.rest.splice(0)]);
      break;
    }
    if (connection && (connection.talk.offset !== load.offset || !connection.carrier.alive || (seat !== undefined && connection.carrier.carried >= seat.site.limits().messagesPerConnection))) drop();
    if (!connection) {
      const opened = await open(load);
      if (opened === 'given-back') break;
      if (opened === 'told') continue;
      connection = opened;
    }
    const { asked } = connection;
    connection.asked = undefined;
    const result = await carryOne(load, connection, asked);
    if (!result) break;
    if (result.stale) {
      // It had rested too long; nothing was tried.
      drop();
      run.rest.unshift(load);
      continue;
    }
    tried++;
    tokens.left--;
    const stop = await tell(load, result, connection);
    if (!result.alive) drop();
    if (stop && run.rest.length > 0) {
      await back(run.rest.splice(0));
      break;
    }
  }
  run.load = undefined;
  giveTokens();
  release();
  if (seat && tried > 0 && connection && !narrow) on.succeeded(seat);
  if (connection && seat && !narrow && connection.talk.offset === 0 && connection.carrier.alive && connection.carrier.carried < seat.site.limits().messagesPerConnection && !on.stopping()) {
    on.rest(seat, connection);
    run.carrier = undefined;
    run.talk = undefined;
  } else drop();

  /** A connection for this load; or what came instead was settled. */
  async function open(load: Load): Promise<Connection | 'told' | 'given-back'> {
    const destination = load.recipients[0]!.destination;
    const id = on.makeId();
    const talk = clock.talk(id, load.offset);
    talk.carrying = load.message.message;
    talk.carryingTags = load.message.tags;
    run.talk = talk;
    const startedAt = talk.now();
    const wall = on.wall.now();

    const known = on.routeOf(destination);
    const route = known ?? (await on.orLeft(on.network.resolve(destination, { stream: on.stream, talk })));
    if (route === 'left') return leave(talk, load);
    if ('kind' in route) {
      const outcomes = await told(load, { answer: route, stage: 'resolve', at: startedAt, ended: talk.now(), wall, site: destination, host: '', connection: id, transcript: [{ at: startedAt, by: '*', line: `${destination}: ${route.detail}` }] });
      talk.end();
      run.talk = undefined;
      const dues = duesOf(outcomes);
      if (dues.length === 0) return 'told';
      if (!narrow) on.failed(on.unresolved(destination), route, dues);
      await back(run.rest.splice(0));
      return 'given-back';
    }
    if (narrow && on.isShut(route.site)) return leave(talk, load);
    if (!seat || !promised) {
      const found = narrow ? undefined : on.seatFor(destination, route);
      if (found === 'wait') {
        await back([load, ...run.rest.splice(0)]);
        talk.end();
        run.talk = undefined;
        return 'given-back';
      }
      seat = found;
      promised = seat !== undefined;
      if (seat && seat !== errand.seat) {
        // Leased before its site was known: what the site does not let go now is given back.
        giveTokens();
        const allowed = on.reserve(seat, run.rest.length + 1);
        tokens = { seat, left: allowed };
        await back(run.rest.splice(allowed - 1));
      }
    }
    const connecting = on.connect(route, { stream: on.stream, destination, talk, heloName: on.heloName, connection: id });
    const made = await on.orLeft(connecting);
    if (made === 'left') {
      void connecting.then((late) => 'carry' in late && late.close(), () => {});
      return leave(talk, load);
    }
    if ('carry' in made) {
      promised = false;
      run.carrier = made;
      return { carrier: made, talk, asked: { at: startedAt, wall } };
    }
    await notConnected(load, made, route, wall);
    talk.end();
    run.talk = undefined;
    return 'given-back';
  }

  async function leave(talk: Talk, load: Load): Promise<'given-back'> {
    await back([load, ...run.rest.splice(0)]);
    talk.end();
    run.talk = undefined;
    return 'given-back';
  }

  async function notConnected(load: Load, { answer, host, transcript, startedAt, endedAt, connection: id }: NotConnected, { site }: Route, wall: number): Promise<void> {
    const stage: Stage = answer.kind === 'fault' ? answer.stage : (answer.stage ?? 'greeting');
    const outcomes = await told(load, { answer, stage, at: startedAt, ended: endedAt, wall, site, host, connection: id, transcript });
    if (seat) {
      on.failed(seat, answer, duesOf(outcomes));
      on.heard(seat, answer, on.classify(answer), 'broken');
    }
    await back(run.rest.splice(0));
  }

  /** Undefined when it was left in the midst: its recipients stay leased, and a restart marks them. */
  async function carryOne(load: Load, { carrier, talk }: Connection, asked: Connection['asked']): Promise<(TransactionResult & { wall: number }) | undefined> {
    const { message, recipients } = load;
    talk.carrying = message.message;
    talk.carryingTags = message.tags;
    run.talk = talk;
    run.carrier = carrier;
    run.inData = false;
    const wall = asked?.wall ?? on.wall.now();
    const transaction: Transaction = {
      from: returnPath && message.from !== '' ? returnPath(message.message, recipients[0]!.n) : message.from, size: message.size,
      recipients: recipients.map(({ address, notify, orcpt }) => ({ address, ...(notify ? { notify } : {}), ...(orcpt === undefined ? {} : { orcpt }) })),
      ...(message.ret ? { ret: message.ret } : {}), ...(message.envid === undefined ? {} : { envid: message.envid }), ...(message.body ? { body: message.body } : {}),
      ...(message.smtputf8 ? { smtputf8: true as const } : {}), ...(message.requireTls ? { requireTls: true as const } : {}),
      async open() {
        run.inData = true;
        const body = await on.openBody(message.message);
        if (!body) throw new Error('The message is gone');
        return body;
      },
    };
    const carried = carrier.carry(transaction).then((result) => ({ ...result, ...(asked ? { startedAt: asked.at } : {}), wall }), () => undefined);
    const result = await on.orLeft(carried, () => !run.inData);
    run.inData = false;
    if (result === 'left') {
      drop();
      await back([load, ...run.rest.splice(0)]);
      return undefined;
    }
    if (result === undefined) {
      // Its octets could not be read. Deleted meanwhile, most likely; else the disk may be better in a minute.
      drop();
      await back([load], UNREADABLE_MS);
      await back(run.rest.splice(0));
      return undefined;
    }
    if (run.cut && result.recipients.some(({ answer }) => answer.kind === 'fault')) {
      await back(run.rest.splice(0));
      return undefined;
    }
    return result;
  }

  /** Settles what was told. Answers whether the run ends with it. */
  async function tell(load: Load, result: TransactionResult & { wall: number }, { carrier, talk }: Connection): Promise<boolean> {
    const othersTaken = result.recipients.some(({ answer }) => answer.kind === 'reply' && answer.code !== undefined && answer.code < 300);
    const site = seat?.site.name ?? on.routeOf(load.recipients[0]!.destination)?.site ?? load.recipients[0]!.destination;
    // The talk may have been moved meanwhile; how long it took is in its own time, and so are the recipients then.
    const moved = talk.offset - load.offset;
    load.offset += moved;
    const settled = load.recipients.map((recipient, i) => {
      const { answer, stage } = result.recipients[i]!;
      const verdict = on.classify(answer);
      const one = settle({
        recipient: moved === 0 ? recipient : { ...recipient, offset: recipient.offset + moved },
        answer, stage, verdict, at: result.startedAt, ended: result.endedAt, wall: result.wall, site, host: carrier.host, connection: carrier.id, transcript: result.transcript, handedOn: carrier.dsn === true,
        ...(result.tls ? { tls: result.tls } : {}), othersTaken,
      }, on.policy());
      on.heard(seat, answer, verdict, one.outcome.state);
      return one;
    });
    await end(load, settled);
    if (result.broken && seat) on.heard(seat, result.broken, on.classify(result.broken), 'broken');
    return !result.alive;
  }

  async function told(load: Load, facts: { answer: Answer; stage: Stage; at: number; ended: number; wall: number; site: string; host: string; connection: string; transcript: TransactionResult['transcript'] }): Promise<Outcome[]> {
    const verdict = on.classify(facts.answer);
    const settled = load.recipients.map((recipient) => settle({ recipient, verdict, othersTaken: false, ...facts }, on.policy()));
    for (const { outcome } of settled) on.heard(undefined, facts.answer, verdict, outcome.state);
    await end(load, settled);
    return settled.map(({ outcome }) => outcome);
  }

  /** Of the stream's clock. */
  function duesOf(outcomes: readonly Outcome[]): number[] {
    return outcomes.flatMap(({ due }) => (due === undefined ? [] : [due - (run.load?.offset ?? 0)]));
  }

  function end({ message, recipients, offset }: Load, settled: Settled[]): Promise<void> {
    const outcomes = settled.map(({ outcome }) => outcome);
    const dues = recipients.flatMap(({ destination }, i) => (outcomes[i]!.due === undefined ? [] : [{ destination, due: outcomes[i]!.due! - offset, rank: rankOf(recipients[i]!) }]));
    // What is not tried any more ends together with the others of its message.
    for (const [i, { due }] of outcomes.entries()) if (due !== undefined && due >= recipients[i]!.expiresAt) on.overAt(recipients[i]!.expiresAt - offset);
    const addNotices = noticesFor(on.compose, message, recipients.map((recipient, i) => ({ recipient, settled: settled[i]! })), clock.now() + offset);
    return on.settle({ outcomes, dues, addNotices });
  }

  async function back(those: readonly Load[], later = 0): Promise<void> {
    for (const { recipients, offset } of those) {
      const outcomes = recipients.map((one) => giveBack(later > 0 ? { ...one, due: Math.min(clock.now() + offset + later, one.expiresAt) } : one, clock.now() + offset));
      await on.settle({ outcomes, dues: recipients.map((one, i) => ({ destination: one.destination, due: outcomes[i]!.due! - offset, rank: rankOf(one) })) });
    }
  }
}
