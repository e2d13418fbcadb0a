/** Two days of simulated mail, with a release in between after which more bounces: what the room of telemetry has to show. */
import { type Clock, wallClock } from '../../server/clock.ts';
import type { Scenario } from '../../sdk/contract.ts';
import type { House } from '../support/running.ts';
import { ask } from './simulated.ts';
import { until } from './stage.ts';

export const COUNTED = 'receipts';
const HOUR = 3_600_000;

/** The wall's clock, set back: days of mail are sent within seconds. Timers run as ever. */
export function setBack(): Clock & { to(hoursAgo: number): void } {
  let offset = 0;
  return { now: () => wallClock.now() + offset, after: (ms, wake) => wallClock.after(ms, wake), to: (hoursAgo) => { offset = -hoursAgo * HOUR; } };
}

const SCENARIO: Scenario = {
  rules: [
    { id: 'gone', when: { domain: 'gone.test' }, what: { says: 'unknown' } },
    { id: 'later', when: { domain: 'later.test' }, often: { times: 1 }, what: { reply: { code: 451, enhanced: '4.7.1', text: 'Try again later' } } },
    { id: 'silent', when: { domain: 'silent.test' }, what: { reply: { code: 451, enhanced: '4.3.0', text: 'Not now' } } },
    { id: 'angry', when: { recipient: '*@angry.test' }, afterwards: { send: 'complaint', after: '60s' } },
    { id: 'back', when: { recipient: '*@back.test' }, afterwards: { send: 'dsn', after: '5m' } },
  ],
};

/** Of twenty, with the share of addresses that no longer exist. */
const recipients = (round: number, gone: number): string[] => Array.from({ length: 20 }, (_, i) =>
  `r${round}n${i}@${i < gone ? 'gone' : i === 7 ? 'later' : i === 8 && round % 4 === 0 ? 'silent' : i === 9 && round % 3 === 0 ? 'angry' : i === 10 && round % 5 === 0 ? 'back' : i % 2 ? 'big' : 'small'}.test`);

/** Rounds of forty: the release is 24 hours ago. */
export const ROUNDS: readonly [hoursAgo: number, gone: number][] = [[46, 0], [43, 1], [38, 1], [34, 0], [29, 1], [26, 1], [22, 5], [17, 4], [12, 6], [9, 5], [5, 4], [2, 6], [0, 5]];

/** Needs a house on this clock. */
export async function counted(house: House, clock: ReturnType<typeof setBack>): Promise<void> {
  clock.to(48);
  await ask(house, 'POST', '/v1/streams', { name: COUNTED, mode: 'simulate', delivery: { jitter: 0, expiresAfter: '2h' } });
  await ask(house, 'PUT', `/v1/streams/${COUNTED}/scenario`, SCENARIO);
  for (const [i, [hoursAgo, gone]] of ROUNDS.entries()) {
    clock.to(hoursAgo);
    const ids: string[] = [];
    for (const half of [0, 1]) {
      const message = { from: 'receipts@larkspur.test', to: recipients(i * 2 + half, gone), subject: `Receipts ${i}.${half}`, text: 'Thank you.' };
      ids.push((await ask<{ id: string }>(house, 'POST', `/v1/streams/${COUNTED}/messages`, message)).id);
    }
    await ask(house, 'POST', `/v1/streams/${COUNTED}/clock/advance`, { to: 'idle' });
    for (const id of ids) await until(() => ask<{ tally: Record<string, number> }>(house, 'GET', `/v1/messages/${id}/delivery`), ({ tally }) => !tally['queued'] && !tally['active'] && !tally['deferred']);
  }
  clock.to(0);
}
