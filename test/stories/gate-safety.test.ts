/** What must not go out, or not twice unmarked, in the moments between one thing and the next. */
import { afterEach, expect, test } from 'vitest';
import { classify } from '../../server/classify/classify.ts';
import { manualClock } from '../../server/clock.ts';
import { handGate } from '../support/hand-gate.ts';
import { HOUR, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

let house: SimHouse | undefined;
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
});

async function open({ real = {}, ...options }: SimOptions = {}) {
  const wall = manualClock();
  const sim = (house = await openSimHouse({ wall, real, ...options }));
  await sim.streams.change('app', { mode: 'deliver' });
  return Object.assign(sim, {
    async pass(ms: number) {
      wall.advance(ms);
      await sim.queue.quiet();
    },
  });
}

test('a remote that is gone after the final dot may have taken the mail: the next attempt is marked', async () => {
  const sim = await open({ real: { rules: [{ what: { fault: 'disconnect-after-dot' }, often: { times: 1 } }] } });
  const id = await sim.send({ to: 'ann@site.test' });
  await sim.queue.quiet();
  expect(await sim.recipientOf(id)).toMatchObject({ state: 'deferred', uncertain: true });
  await sim.pass(HOUR);
  const attempts = await sim.attemptsOf(id);
  expect(attempts.map(({ outcome, possibleDuplicate }) => [outcome, possibleDuplicate])).toEqual([['deferred', undefined], ['delivered', true]]);
  expect(sim.events.find(({ type }) => type === 'recipient.delivered')).toMatchObject({ possibleDuplicate: true });
});

test('a remote that is gone before the final dot has taken nothing: the next attempt bears no mark', async () => {
  const sim = await open({ real: { rules: [{ what: { at: 'data', fault: 'disconnect' }, often: { times: 1 } }] } });
  const id = await sim.send({ to: 'ann@site.test' });
  await sim.queue.quiet();
  expect(await sim.recipientOf(id)).toMatchObject({ state: 'deferred', uncertain: false });
  await sim.pass(HOUR);
  expect((await sim.attemptsOf(id)).map(({ possibleDuplicate }) => possibleDuplicate)).toEqual([undefined, undefined]);
});

test('who is taken off the allow list while the connection is made gets nothing, and the others of the message do', async () => {
  const gate = handGate();
  const sim = await open({ real: { gate, rules: [{ what: { at: 'connect', delay: '20s' } }] } });
  const id = await sim.send({ to: ['ann@far.test', 'bob@far.test'] });
  const alone = await sim.send({ to: 'cat@away.test' });
  await sim.queue.quiet();
  expect((await sim.recipientOf(id)).state).toBe('active');
  gate.refuse('ann@far.test');
  gate.refuse('cat@away.test');
  await sim.pass(20_000);
  expect(await Promise.all([sim.recipientOf(id), sim.recipientOf(id, 1), sim.recipientOf(alone)])).toMatchObject([{ state: 'held', held: { reason: 'not-allowed' }, attempts: 0 }, { state: 'delivered' }, { state: 'held', attempts: 0 }]);
  expect(sim.delivered.flatMap(({ recipients }) => recipients)).toEqual(['bob@far.test']);
  await sim.pass(HOUR);
  expect(sim.delivered).toHaveLength(1);
});

test('should we break down behind a message that the remote took, it is not sent again and again, and the next attempt is marked', async () => {
  let breaks = true;
  const sim = await open({ queue: { classify: (answer) => {
    if (breaks) throw new Error('a bug');
    return classify(answer);
  } } });
  const id = await sim.send({ to: 'ann@site.test' });
  await sim.queue.quiet();
  for (let n = 0; n < 30; n++) await sim.pass(10_000);
  expect(sim.delivered).toHaveLength(1);
  expect(await sim.recipientOf(id)).toMatchObject({ state: 'queued', uncertain: true, attempts: 0 });
  breaks = false;
  await sim.pass(HOUR);
  expect(await sim.attemptsOf(id)).toMatchObject([{ number: 1, outcome: 'delivered', possibleDuplicate: true }]);
});
