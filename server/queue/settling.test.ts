import { expect, test } from 'vitest';
import { StoreFault } from '../admission/port.ts';
import { manualClock } from '../clock.ts';
import { createLog } from '../log.ts';
import type { Outcome } from './port.ts';
import { createSettling } from './settling.ts';

const log = createLog({ level: 'silent', format: 'json' });
const outcome = (key: number): Outcome => ({ key, state: 'delivered', events: [] });

function settlingWith(refusals: number) {
  const wall = manualClock();
  const written: number[] = [];
  let left = refusals;
  const settling = createSettling({ wall, log, store: { async settle(outcomes) {
    if (left-- > 0) throw new StoreFault('full', 'disk full');
    written.push(...outcomes.map(({ key }) => key));
    return outcomes;
  } } });
  return { wall, written, settling };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what the disk does not take is kept until it does, with its notices written anew', async () => {
  const { wall, written, settling } = settlingWith(2);
  let notices = 0;
  const settled = settling.settle([outcome(1)], async () => void notices++);
  await turn();
  expect([settling.stuck, settling.unsettled]).toEqual([true, 1]);
  wall.advance(1_000);
  await turn();
  wall.advance(1_000);
  expect(await settled).toBe('late');
  expect([written, notices, settling.stuck, settling.unsettled]).toEqual([[1], 3, false, 0]);
});

test('closing gives up what cannot be written, and waits for nothing', async () => {
  const { written, settling } = settlingWith(Infinity);
  const settled = settling.settle([outcome(1)]);
  await turn();
  settling.close();
  expect(await settled).toBe('lost');
  expect(written).toEqual([]);
});

test('nothing to settle is settled', async () => {
  expect(await settlingWith(9).settling.settle([])).toBe('settled');
});
