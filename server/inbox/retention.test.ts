import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createRetention, ROUND } from './retention.ts';

const quiet = { info: () => {}, warn: () => {} };
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('retention goes on in small steps while there is more, then rests until the next round', async () => {
  const clock = manualClock();
  const steps = [{ deleted: 500, more: true }, { deleted: 500, more: true }, { deleted: 7, more: false }, { deleted: 0, more: false }];
  let asked = 0;
  const retention = createRetention({ clock, log: quiet, store: { prune: async () => steps[asked++] ?? { deleted: 0, more: false } } });
  clock.advance(ROUND - 1);
  expect(asked).toBe(0);
  clock.advance(1);
  for (let i = 0; i < 5; i++) {
    await turn();
    clock.advance(100);
  }
  expect(asked).toBe(3);
  clock.advance(ROUND);
  await turn();
  expect(asked).toBe(4);
  await retention.close();
  clock.advance(10 * ROUND);
  expect(asked).toBe(4);
});

test('a step that fails is tried again at the next round', async () => {
  const clock = manualClock();
  let asked = 0;
  const warned: string[] = [];
  const retention = createRetention({
    clock,
    log: { info: () => {}, warn: (_facts, text) => warned.push(text) },
    store: { prune: async () => { if (asked++ === 0) throw new Error('disk full'); return { deleted: 0, more: false }; } },
  });
  clock.advance(ROUND);
  await turn();
  expect(warned).toHaveLength(1);
  clock.advance(ROUND);
  await turn();
  expect(asked).toBe(2);
  await retention.close();
});
