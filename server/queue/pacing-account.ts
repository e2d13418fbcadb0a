/**
 * What all that share a limit have open together, and whose turn it is. The
 * members are sites of streams: of one site for several streams, or of one
 * provider that counts all its sites as one. Each asks before it opens a
 * connection; who is refused waits, and is woken by whatever may change that.
 *
 * Fair: of those that wait, the stream with the fewest goes first, and within
 * a stream the site with none. Who has more than that gives a connection up
 * when it comes to rest; one that rests without anything to carry is closed
 * as soon as somebody else wants it.
 */
import { createMeter, type Meter } from './gcra.ts';
import { createTrouble, type Trouble } from './pacing-trouble.ts';

export type Member = {
  readonly stream: string;
  /** Connections that this one alone may have. */
  limit(): number;
  /** Whether it would open one now. */
  wants(): boolean;
  wake(): void;
  /** Closes a connection that rests without anything to carry; false when there is none. */
  letGo(): boolean;
};

export type Account = {
  readonly open: number;
  readonly trouble: Trouble;
  readonly messages: Meter;
  readonly connections: Meter;
  /** The largest that any who has one open, or this one, may have. */
  allowed(member: Member): number;
  /** Whether one more may be opened, of so many; else it waits. */
  mayOpen(member: Member, most: number): boolean;
  opened(member: Member): void;
  closed(member: Member): void;
  /** Whether a connection that comes to rest is somebody else's turn. */
  mustYield(member: Member): boolean;
  join(member: Member): void;
  leave(member: Member): void;
  /** It may be more now: those that wait are to ask again. */
  wake(): void;
  /** Streams that have connections open, with their number. */
  streams(): ReadonlyMap<string, number>;
  isForgettable(now: number): boolean;
};

export type AccountOptions = {
  /** What went before that moment is not known. */
  since?: number;
  learns?: () => boolean;
};

export function createAccount({ since, learns = () => false }: AccountOptions = {}): Account {
  const trouble = createTrouble(learns);
  const messages = createMeter(since);
  const connections = createMeter(since);
  const members = new Set<Member>();
  const holders = new Map<Member, number>();
  const byStream = new Map<string, number>();
  const waiting = new Set<Member>();
  let open = 0;
  /** Somebody was asked to close one, which takes a moment. */
  let isLeaving = false;

  const count = <K>(map: Map<K, number>, key: K, by: number) => {
    const sum = (map.get(key) ?? 0) + by;
    if (sum > 0) map.set(key, sum);
    else map.delete(key);
  };
  const ofStream = (stream: string) => byStream.get(stream) ?? 0;
  const allowed = (member: Member) => {
    let most = member.limit();
    for (const holder of holders.keys()) most = Math.max(most, holder.limit());
    return most;
  };

  /** The first that waits of whom that is true; those that want nothing any more are forgotten. */
  function waiter(is: (one: Member) => boolean): Member | undefined {
    for (const one of waiting) {
      if (one.wants()) {
        if (is(one)) return one;
      } else waiting.delete(one);
    }
    return undefined;
  }

  /** Whose turn is before this one's: by what the streams have, then who has none, and for the last one who came first. One order for all, or they would wait for each other. */
  function before(member: Member, isLast: boolean): Member | undefined {
    const [mine, has] = [ofStream(member.stream), holders.has(member)];
    let came = false;
    return waiter((one) => {
      if (one === member) came = true;
      if (one === member) return false;
      const theirs = ofStream(one.stream);
      if (theirs !== mine) return theirs < mine;
      return holders.has(one) === has ? isLast && !came : has;
    });
  }

  function wakeAll(): void {
    for (const one of [...waiting]) one.wake();
  }

  return {
    get open() { return open; },
    trouble, messages, connections, allowed,
    mayOpen(member, most) {
      if (open < most) {
        const other = waiting.size > 0 ? before(member, open + 1 >= most) : undefined;
        if (!other) {
          waiting.delete(member);
          return true;
        }
        waiting.add(member);
        other.wake();
        return false;
      }
      // Who waits already keeps its place.
      waiting.add(member);
      if (!isLeaving && member.wants()) for (const holder of holders.keys()) {
        isLeaving = holder !== member && holder.letGo();
        if (isLeaving) break;
      }
      return false;
    },
    opened(member) {
      open++;
      count(holders, member, 1);
      count(byStream, member.stream, 1);
      waiting.delete(member);
      // There may be room for one more.
      wakeAll();
    },
    closed(member) {
      open--;
      isLeaving = false;
      count(holders, member, -1);
      count(byStream, member.stream, -1);
      wakeAll();
    },
    mustYield(member) {
      if (waiting.size === 0 || open < allowed(member)) return false;
      const mine = ofStream(member.stream);
      return waiter((one) => {
        if (one.stream === member.stream) return one !== member && !holders.has(one);
        const theirs = ofStream(one.stream);
        return theirs === 0 || theirs + 1 < mine;
      }) !== undefined;
    },
    join: (member) => void members.add(member),
    leave(member) {
      members.delete(member);
      waiting.delete(member);
    },
    wake: wakeAll,
    streams: () => byStream,
    isForgettable: (now) => members.size === 0 && open === 0 && messages.isAtRest(now) && connections.isAtRest(now) && trouble.isOver(now),
  };
}
