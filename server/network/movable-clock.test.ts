import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { movableClock, wallTalk } from './movable-clock.ts';

const START = Date.UTC(2026, 0, 1);
const MIN = 60_000;

test('a movable clock runs like the wall, ahead by its offset', () => {
  const wall = manualClock(START);
  const clock = movableClock(wall, 72 * 60 * MIN);
  expect(clock.now()).toBe(START + 72 * 60 * MIN);
  const heard: number[] = [];
  clock.after(MIN, () => heard.push(clock.now() - START));
  wall.advance(MIN - 1);
  expect(heard).toEqual([]);
  wall.advance(1);
  expect(heard).toEqual([73 * 60 * MIN - 59 * MIN]);
});

test('a jump fires what is due in the order of due times, each at its own moment, nested ones too', () => {
  const clock = movableClock(manualClock(START));
  const heard: string[] = [];
  const say = (name: string) => () => heard.push(`${name}@${clock.now() - START}`);
  clock.after(30, say('c'));
  clock.talk('t').after(20, say('b'));
  clock.after(10, () => {
    say('a')();
    clock.after(5, say('nested'));
    clock.after(1_000, say('too late'));
  });
  clock.after(30, say('d'));
  clock.after(25, say('never'))();
  clock.jump(START + 100);
  expect(heard).toEqual(['a@10', 'nested@15', 'b@20', 'c@30', 'd@30']);
  expect(clock.now()).toBe(START + 100);
  expect(clock.offset).toBe(100);
  expect(clock.nextTimer()).toBe(START + 1_010);
});

test('time never goes back: a jump into the past changes nothing', () => {
  const clock = movableClock(manualClock(START), 500);
  clock.jump(START);
  expect(clock.now()).toBe(START + 500);
});

test('after a jump the wall fires what is near now', () => {
  const wall = manualClock(START);
  const clock = movableClock(wall);
  let fired = 0;
  clock.after(60 * MIN, () => fired++);
  clock.jump(START + 59 * MIN);
  wall.advance(MIN);
  expect(fired).toBe(1);
});

test('ten thousand waits take one timer of the wall, and cancelled ones leave nothing', () => {
  const wall = manualClock(START);
  let armed = 0;
  const clock = movableClock({ now: wall.now, after: (ms, wake) => (armed++, wall.after(ms, wake)) });
  const talks = Array.from({ length: 100 }, (_, n) => clock.talk(`t${n}`));
  const cancels = Array.from({ length: 10_000 }, (_, n) => talks[n % 100]!.after(5 * MIN + n, () => expect.unreachable()));
  expect(armed).toBe(1);
  for (const cancel of cancels) cancel();
  expect(clock.nextTimer()).toBeUndefined();
  wall.advance(10 * MIN);
  expect(armed).toBe(1);
});

test('a timer that throws leaves the others as they were', () => {
  const wall = manualClock(START);
  const clock = movableClock(wall);
  let fired = 0;
  clock.after(10, () => { throw new Error('broken'); });
  clock.after(20, () => fired++);
  expect(() => wall.advance(10)).toThrow('broken');
  wall.advance(10);
  expect(fired).toBe(1);
});

test('a parked talk is unparked by its timer, and the change is heard', () => {
  const clock = movableClock(manualClock(START));
  const talk = clock.talk('t');
  const heard: boolean[] = [];
  clock.onChange(() => heard.push(talk.parked));
  talk.after(20, () => {});
  clock.after(10, () => {});
  talk.park();
  talk.park();
  clock.jump(START + 10);
  expect(talk.parked).toBe(true);
  clock.jump(START + 20);
  expect(talk.parked).toBe(false);
  expect(heard).toEqual([true, false]);
  talk.end();
  talk.park();
  expect(talk.parked).toBe(false);
  expect(heard).toEqual([true, false, false]);
});

test('a talk that is shifted has its timers earlier than the others, in its own order', () => {
  const clock = movableClock(manualClock(START));
  const mine = clock.talk('mine', 1_000);
  const other = clock.talk('other');
  const heard: string[] = [];
  other.after(100, () => heard.push('other'));
  mine.after(200, () => heard.push(`late@${mine.now() - START}`));
  mine.after(150, () => {
    heard.push(`early@${mine.now() - START}`);
    mine.after(10, () => heard.push(`nested@${mine.now() - START}`));
  });
  mine.shift(170);
  expect(heard).toEqual(['early@1150', 'nested@1160']);
  expect([mine.offset, mine.now() - START, clock.now() - START]).toEqual([1_170, 1_170, 0]);
  expect(mine.nextTimer()).toBe(START + 1_200);
  expect(clock.nextTimer()).toBe(START + 30);
  clock.jump(START + 100);
  expect(heard).toEqual(['early@1150', 'nested@1160', 'late@1200', 'other']);
});

test('a talk that has ended has no timers and takes none', () => {
  const clock = movableClock(manualClock(START));
  const talk = clock.talk('t');
  talk.after(10, () => expect.unreachable());
  talk.end();
  talk.after(10, () => expect.unreachable());
  expect(clock.nextTimer()).toBeUndefined();
  clock.jump(START + 100);
});

test('whatever is set, cancelled, shifted and jumped fires once, not early, in order', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), talk: fc.nat(3), ms: fc.nat(1_000) }),
    fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(50) }),
    fc.record({ do: fc.constant('jump' as const), ms: fc.nat(300) }),
    fc.record({ do: fc.constant('wall' as const), ms: fc.nat(300) }),
    fc.record({ do: fc.constant('shift' as const), talk: fc.nat(3), ms: fc.nat(300) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const wall = manualClock(START);
    const clock = movableClock(wall);
    const talks = Array.from({ length: 4 }, (_, n) => clock.talk(`t${n}`));
    const timers: { due: number; cancel: () => void; gone: boolean; of: number }[] = [];
    let last = -Infinity;
    for (const one of steps) {
      last = -Infinity;
      switch (one.do) {
        case 'set': {
          const talk = talks[one.talk]!;
          const timer = { due: talk.now() + one.ms, gone: false, of: one.talk, cancel: () => {} };
          timer.cancel = talk.after(one.ms, () => {
            expect(timer.gone).toBe(false);
            expect(talk.now()).toBe(timer.due);
            expect(clock.now()).toBeGreaterThanOrEqual(last);
            last = clock.now();
            timer.gone = true;
          });
          timers.push(timer);
          break;
        }
        case 'cancel': {
          const timer = timers[one.nth];
          timer?.cancel();
          if (timer) timer.gone = true;
          break;
        }
        case 'jump': clock.jump(clock.now() + one.ms); break;
        case 'wall': wall.advance(one.ms); break;
        case 'shift': talks[one.talk]!.shift(one.ms); break;
      }
      for (const timer of timers) if (!timer.gone) expect(timer.due).toBeGreaterThanOrEqual(talks[timer.of]!.now());
      const next = Math.min(...timers.filter(({ gone }) => !gone).map(({ due, of }) => due - talks[of]!.offset));
      expect(clock.nextTimer() ?? Infinity).toBe(next);
    }
  }));
});

test('a talk of the wall neither parks nor moves, and its end cancels', () => {
  const wall = manualClock(START);
  const talk = wallTalk(wall, 't');
  let fired = 0;
  talk.after(10, () => fired++);
  talk.after(20, () => expect.unreachable());
  talk.park();
  talk.shift(1_000);
  expect([talk.parked, talk.offset, talk.now(), talk.nextTimer()]).toEqual([false, 0, START, undefined]);
  wall.advance(10);
  talk.end();
  wall.advance(100);
  expect(fired).toBe(1);
});
