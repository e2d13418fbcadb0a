/**
 * Carries what is due to one site: lease, connect (or use a connection that
 * rests), one message after the other, and settle what was told of each.
 *
 *     lease ─▶ route ─▶ connect ─▶ carry ─▶ … ─▶ rest, or QUIT
 *                │         │         └─ the connection is gone ─▶ the others are given back
 *                └─────────┴─ failed: an attempt for the one message it was
 *                             opened for; the others are given back, the site rests
 *                             (unless a host was there that may take them)
 *
 * Real mail is asked about once more right before its attempt: what is not let
 * go any more, or cannot be signed, is held and costs no attempt.
 *
 * It decides nothing about a recipient (settle.ts does) and nothing about when
 * (seats.ts and the site do).
 */
import { isPerRecipient } from '../mail/live.ts';
import type { Stage } from '../mail/reply.ts';
import type { Talk } from '../network/talk.ts';
import type { Route } from '../network/network.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { TransactionResult } from '../transport/attempted.ts';
import type { Carrier, NotConnected } from '../transport/carrier.ts';
import { mayRide } from '../transport/riding.ts';
import type { Carrying, Errand } from './carrying.ts';
import { endings } from './ending.ts';
import { fitFor, unfitFor } from './fitting.ts';
import { type Load, sortLoads } from './loads.ts';
import { createPreparing, UNREADABLE_MS } from './preparing.ts';
import type { Run } from './run.ts';
import { settleOverdue, settleSuppressed } from './settle.ts';
import { takeShare } from './share.ts';
import { transactionOf } from './transaction.ts';
import { hasOther, inTurn, isToTurnFrom } from './turns.ts';

/** `asked`: it was made for the attempt that comes first, which began when it was asked for. */
type Connection = { carrier: Carrier; talk: Talk; asked?: { at: number; wall: number } | undefined };

export async function carry(on: Carrying, run: Run, errand: Errand): Promise<void> {
  const { clock } = on;
  const ending = endings(on);
  const { end, back, told, transacted } = ending;
  const preparing = createPreparing(on, run, ending);
  let { seat } = errand;
  let connection: Connection | undefined = errand.reuse && { carrier: errand.reuse.carrier, talk: errand.reuse.talk };
  /** Counted at the seat, and not yet a connection. */
  let promised = seat !== undefined && !errand.reuse && !errand.only;
  const narrow = errand.only !== undefined;
  /** Found by this run. */
  const ways = new Map<string, Route>();
  /** Hosts that it came to though a load would rather have gone elsewhere: the others are not there. */
  const inVain = new Set<string>();
  const wayOf = ({ recipients: [first] }: Load): Route | undefined => ways.get(first!.destination) ?? on.routeOf(first!.destination);

  const unfit = (load: Load, copy: Outgoing) => unfitFor({ load, copy, returnPath, isPrepared: on.prepare !== undefined });
  const isToLeave = async (carrier: Carrier, load: Load, copy: Outgoing) =>
    (!inVain.has(carrier.host) && isToTurnFrom(carrier.host, load, wayOf(load))) || (hasOther(carrier.host, wayOf(load)) && (await unfit(load, copy)(carrier)) !== undefined);

  const drop = () => {
    if (!connection) return;
    const { carrier, talk } = connection;
    carrier.close();
    void carrier.closed.then(() => talk.end());
    connection = undefined;
    run.carrier = undefined;
    run.talk = undefined;
    if (seat && !narrow) on.closed(seat, carrier.closed);
  };
  const release = () => {
    if (promised && seat) on.closed(seat);
    promised = false;
  };

  const returnPath = on.returnPath();
  /** Every recipient has a transaction of its own. */
  const each = returnPath !== undefined || (on.mode === 'deliver' && isPerRecipient(on.policy().live));
  const askedAt = clock.now();
  const share = takeShare(on, { seat, askedAt, each, narrow });
  run.giveUp = () => {
    share.giveBack();
    release();
    drop();
  };
  on.flush(askedAt);
  const claimed = on.claim(errand.destinations);
  if (share.isNone) {
    // Somebody else was faster; they are as they were.
    on.leased(errand.destinations, errand.destinations.map((destination) => ({ destination, due: askedAt })), claimed);
    share.giveBack();
    release();
    drop();
    return;
  }
  const { messages, recipients } = share;
  run.leasing = errand.destinations;
  const lease = await on.store.lease({ stream: on.stream, mode: on.mode, destinations: errand.destinations, now: askedAt, messages, recipients, ...(errand.only ? { only: errand.only } : {}) })
    .catch((error: unknown) => {
      // Nothing is known to be leased. The lanes are looked at again by whoever mends that.
      share.giveBack();
      share.unallow();
      release();
      drop();
      throw error;
    });
  const now = clock.now();
  const { loads, suppressed, overdue } = sortLoads(lease.messages, now, each);
  run.rest = loads;
  run.leasing = undefined;
  on.leased(errand.destinations, lease.left, claimed);
  // What need not be seen by this lease is written while its conversations go on. It puts its lanes anew.
  on.flush();

  for (const load of suppressed) await end(load, load.recipients.map((one) => settleSuppressed(one, one.suppressed!, now + load.offset)));
  for (const load of overdue) await end(load, load.recipients.map((one) => settleOverdue(one, now + load.offset, on.policy(), one.last ? on.classify(one.last.answer) : undefined)));

  // A message with a copy for each recipient is as many transactions: what the site does not let go now is given back.
  if (!narrow) await back(loads.splice(share.wanted));
  share.giveBack(loads.length);
  share.unallow(loads.reduce((sum, load) => sum + load.recipients.length, 0));
  let tried = 0;
  for (let load = run.rest.shift(); load; load = run.rest.shift()) {
    run.load = load;
    run.handed = false;
    if (on.stopping() || (tried > 0 && !share.goesOn())) {
      await back([load, ...run.rest.splice(0)]);
      break;
    }
    let copy = await preparing.ready(load);
    if (copy === 'left') break;
    if (!copy) continue;
    if (on.stopping()) {
      await back([load, ...run.rest.splice(0)]);
      break;
    }
    if (connection && (connection.talk.offset !== load.offset || !connection.carrier.alive || !mayRide(connection.carrier, wayOf(load)) || (seat !== undefined && connection.carrier.carried >= seat.site.limits().messagesPerConnection) || (await isToLeave(connection.carrier, load, copy)))) drop();
    if (!connection) {
      const opened = await open(load, copy);
      if (opened === 'given-back') break;
      if (opened === 'told') continue;
      connection = opened;
      // It took its time: whom the gate lets go may be others by now.
      copy = await preparing.ready(load);
      if (copy === 'left') break;
      if (!copy) continue;
    }
    const { asked } = connection;
    connection.asked = undefined;
    preparing.ahead(run.rest[0]);
    share.sent();
    const result = await carryOne(load, copy, connection, asked);
    if (!result) break;
    if (result.stale) {
      if (result.broken?.kind === 'reply') on.heard(seat, result.broken, on.classify(result.broken), 'goodbye');
      // It had rested too long; nothing was tried.
      share.again();
      drop();
      run.rest.unshift(load);
      continue;
    }
    tried++;
    share.tried(load.recipients.length);
    const stop = await transacted(load, result, connection.carrier, seat);
    run.handed = false;
    if (!result.alive) drop();
    if (stop && run.rest.length > 0) {
      await back(run.rest.splice(0));
      break;
    }
  }
  run.load = undefined;
  share.giveBack();
  share.unallow();
  release();
  if (seat && tried > 0 && connection && !narrow) on.succeeded(seat);
  if (connection && seat && !narrow && connection.talk.offset === 0 && connection.carrier.alive && connection.carrier.carried < seat.site.limits().messagesPerConnection && !on.stopping()) {
    on.rest(seat, connection);
    run.carrier = undefined;
    run.talk = undefined;
  } else drop();

  /** A connection for this load; or what came instead was settled. */
  async function open(load: Load, copy: Outgoing): Promise<Connection | 'told' | 'given-back'> {
    const destination = load.recipients[0]!.destination;
    const id = on.makeId();
    const talk = clock.talk(id, load.offset);
    carries(talk, load);
    const startedAt = talk.now();
    const wall = on.wall.now();

    const known = on.routeOf(destination);
    const route = known ?? (await on.orLeft(on.network.resolve(destination, { stream: on.stream, talk })));
    if (route === 'left') return leave(talk, load);
    if ('kind' in route) {
      const dues = await told(load, { answer: route, stage: 'resolve', at: startedAt, ended: talk.now(), wall, site: destination, host: '', connection: id, transcript: [{ at: startedAt, by: '*', line: `${destination}: ${route.detail}` }] });
      hangUp(talk);
      if (dues.length === 0) return 'told';
      if (!narrow) on.failed(on.unresolved(destination), route, dues);
      await back(run.rest.splice(0));
      return 'given-back';
    }
    ways.set(destination, route);
    if (narrow && on.isShut(route.site)) return leave(talk, load);
    if (!seat || !promised) {
      const found = narrow ? undefined : on.seatFor(destination, route);
      if (found === 'wait') return leave(talk, load);
      seat = found;
      promised = seat !== undefined;
      if (seat && seat !== errand.seat) {
        // Leased before its site was known: what the site does not let go now is given back.
        await back(run.rest.splice(share.moveTo(seat, run.rest.length + 1) - 1));
      }
    }
    const connecting = on.connect(inTurn(route, load), { stream: on.stream, destination, talk, heloName: on.heloName, connection: id, unfit: unfit(load, copy) });
    const made = await on.orLeft(connecting);
    if (made === 'left') {
      void connecting.then((late) => 'carry' in late && late.close(), () => {});
      return leave(talk, load);
    }
    if ('carry' in made) {
      promised = false;
      run.carrier = made;
      if (isToTurnFrom(made.host, load, route)) inVain.add(made.host);
      return { carrier: made, talk, asked: { at: startedAt, wall } };
    }
    await notConnected(load, made, route, wall);
    hangUp(talk);
    await back(run.rest.splice(0));
    return 'given-back';
  }

  function carries(talk: Talk, { message }: Load): void {
    talk.carrying = message.message;
    talk.carryingTags = message.tags;
    run.talk = talk;
  }

  /** Nothing came of it. */
  function hangUp(talk: Talk): void {
    talk.end();
    run.talk = undefined;
  }

  async function leave(talk: Talk, load: Load): Promise<'given-back'> {
    await back([load, ...run.rest.splice(0)]);
    hangUp(talk);
    return 'given-back';
  }

  async function notConnected(load: Load, { answer, host, transcript, startedAt, endedAt, connection: id, concerns }: NotConnected, { site }: Route, wall: number): Promise<void> {
    const stage: Stage = answer.kind === 'fault' ? answer.stage : (answer.stage ?? 'greeting');
    const dues = await told(load, { answer, stage, at: startedAt, ended: endedAt, wall, site, host, connection: id, transcript });
    // Of the message alone nothing rests: the others are tried over connections that count as their own.
    if (!seat || concerns === 'message') return;
    if (concerns === 'destination') {
      // The host is there, and others' mail may go to it: this destination rests, as one that has no way.
      if (dues.length > 0) on.failed(on.unresolved(load.recipients[0]!.destination), answer, dues);
    } else {
      on.failed(seat, answer, dues);
      on.heard(seat, answer, on.classify(answer), 'broken');
    }
  }

  /** Undefined when it was left in the midst: its recipients stay leased, and a restart marks them. */
  async function carryOne(load: Load, copy: Outgoing, { carrier, talk }: Connection, asked: Connection['asked']): Promise<(TransactionResult & { wall: number }) | undefined> {
    carries(talk, load);
    run.carrier = carrier;
    run.inData = false;
    const wall = asked?.wall ?? on.wall.now();
    const begin = (fit: Outgoing) => carrier.carry(transactionOf(load, fit, { returnPath, opened: () => void (run.inData = run.handed = true) }));
    const fit = fitFor(carrier, copy, on.prepare !== undefined);
    const carried = (fit instanceof Promise ? fit.then(begin) : begin(fit)).then((result) => ({ ...result, ...(asked ? { startedAt: asked.at } : {}), wall }), () => undefined);
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
}
