import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAccount, type Account, type Member } from './pacing-account.ts';

type Fake = Member & { waits: boolean; woken: number; idle: number; open: number; ask(): boolean; close(): void };
function member(account: Account, stream: string, limit = 3): Fake {
  const fake: Fake = {
    stream, waits: true, woken: 0, idle: 0, open: 0,
    limit: () => limit,
    wants: () => fake.waits,
    wake: () => void fake.woken++,
    letGo() {
      if (fake.idle === 0) return false;
      fake.idle--;
      return true;
    },
    ask() {
      if (!account.mayOpen(fake, account.allowed(fake))) return false;
      account.opened(fake);
      fake.open++;
      return true;
    },
    close() {
      fake.open--;
      account.closed(fake);
    },
  };
  account.join(fake);
  return fake;
}

test('all together have no more open than one may', () => {
  const account = createAccount();
  const [a, b] = [member(account, 'a'), member(account, 'b')];
  expect([a.ask(), a.ask(), b.ask(), b.ask(), a.ask()]).toEqual([true, true, true, false, false]);
  expect([...account.streams()]).toEqual([['a', 2], ['b', 1]]);
});

test('who waits for the connection of another stream is woken when it closes, and stands before one that has more', () => {
  const account = createAccount();
  const [a, b] = [member(account, 'a'), member(account, 'b')];
  for (let n = 0; n < 3; n++) a.ask();
  expect(b.ask()).toBe(false);
  a.close();
  expect(b.woken).toBe(1);
  expect([a.ask(), b.ask()]).toEqual([false, true]);
});

test('who has more gives a connection up when it comes to rest; at the same share nobody does', () => {
  const account = createAccount();
  const [a, b] = [member(account, 'a'), member(account, 'b')];
  for (let n = 0; n < 3; n++) a.ask();
  expect(account.mustYield(a)).toBe(false);
  b.ask();
  expect(account.mustYield(a)).toBe(true);
  a.close();
  b.ask();
  b.ask();
  expect([account.mustYield(a), account.mustYield(b)]).toEqual([false, false]);
});

test('a single connection goes from one to the other', () => {
  const account = createAccount();
  const [a, b] = [member(account, 'a', 1), member(account, 'b', 1)];
  expect([a.ask(), b.ask()]).toEqual([true, false]);
  for (let n = 0; n < 4; n++) {
    const [has, waits] = n % 2 === 0 ? [a, b] : [b, a];
    expect(account.mustYield(has)).toBe(true);
    has.close();
    expect([has.ask(), waits.ask()]).toEqual([false, true]);
  }
});

test('one that rests without anything to carry is closed as soon as it is wanted, and only one', () => {
  const account = createAccount();
  const [a, b] = [member(account, 'a'), member(account, 'b')];
  for (let n = 0; n < 3; n++) a.ask();
  a.idle = 3;
  a.waits = false;
  expect([b.ask(), b.ask(), a.idle]).toEqual([false, false, 2]);
  a.close();
  expect(b.ask()).toBe(true);
});

test('who does not want it any more keeps nobody from it', () => {
  const account = createAccount();
  const [a, b] = [member(account, 'a'), member(account, 'b')];
  for (let n = 0; n < 3; n++) a.ask();
  b.ask();
  b.waits = false;
  a.close();
  expect(a.ask()).toBe(true);
});

test('a stream may have its own larger limit; the others keep to theirs', () => {
  const account = createAccount();
  const [a, b] = [member(account, 'a', 6), member(account, 'b', 2)];
  for (let n = 0; n < 5; n++) expect(a.ask()).toBe(true);
  expect(b.ask()).toBe(true);
  expect(a.ask()).toBe(false);
});

test('it is forgotten only when nobody uses it and nothing of it counts any more', () => {
  const account = createAccount();
  const a = member(account, 'a');
  a.ask();
  account.messages.promise();
  account.messages.gone({ messages: 1, perMs: 60_000, burst: 1 }, 0);
  a.close();
  expect(account.isForgettable(60_000)).toBe(false);
  account.leave(a);
  expect([account.isForgettable(59_999), account.isForgettable(60_000)]).toEqual([false, true]);
});

test('whatever they do, the limit holds, nobody waits while there is room, and a stream that waits gets its share', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 4 }), fc.array(fc.tuple(fc.nat(7), fc.constantFrom('ask', 'ask', 'rest', 'idle', 'busy')), { maxLength: 150 }), (limit, streams, steps) => {
    const account = createAccount();
    // Two sites for each stream.
    const all = Array.from({ length: streams * 2 }, (_, n) => member(account, `s${n % streams}`, limit));
    const awake = new Set<Fake>();
    for (const one of all) one.wake = () => void awake.add(one);
    const settle = () => {
      for (let turn = 0; awake.size > 0; turn++) {
        expect(turn).toBeLessThan(1_000);
        const [one] = awake;
        awake.delete(one!);
        if (one!.waits) one!.ask();
      }
    };
    const sum = () => all.reduce((n, { open }) => n + open, 0);
    for (const [at, what] of steps) {
      const one = all[at % all.length]!;
      if (what === 'ask') {
        if (one.waits) one.ask();
      } else if (what === 'rest') {
        if (one.open > 0 && account.mustYield(one)) one.close();
      } else one.waits = what === 'busy';
      settle();
      expect(account.open).toBe(sum());
      expect(sum()).toBeLessThanOrEqual(limit);
    }
    // Everybody has a lot to do from now on: who comes to rest asks again.
    for (const one of all) one.waits = true;
    const served = new Set<string>();
    for (let round = 0; round < 40 * streams; round++) {
      const one = all[round % all.length]!;
      one.ask();
      settle();
      if (one.open > 0 && account.mustYield(one)) one.close();
      settle();
      for (const { open, stream } of all) if (open > 0) served.add(stream);
    }
    expect(sum()).toBe(limit);
    expect(served.size).toBe(streams);
  }), { numRuns: 300 });
});
