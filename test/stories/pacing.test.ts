/** What a provider's replies lead to, in simulated mail as in real mail, and over a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { MIN, openSimHouse, type SimHouse } from '../support/sim-house.ts';

let house: SimHouse | undefined;
const dirs: string[] = [];
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const TS02 = { code: 421, enhanced: '4.7.0', text: '[TS02] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.56.1' };
const siteOf = async ({ queue }: SimHouse, name: string) => (await queue.sites('app')).find(({ site }) => site === name)!;
const rulesOf = ({ events }: SimHouse) => events.flatMap((event) => (event.type === 'site.rule' ? [event] : []));

test('what a provider says makes its rule act: it is told, seen at the site, kept over a restart, and over in time', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-pacing-'));
  dirs.push(dir);
  const wall = manualClock();
  const first = (house = await openSimHouse({ dir, wall, rules: [{ when: { domain: 'yahoo.test' }, what: { at: 'mail', reply: TS02 }, often: { times: 3, per: 'domain' } }] }));
  await first.sendAll(Array.from({ length: 6 }, (_, n) => ({ to: `a${n}@yahoo.test` })));
  await first.advance({ by: 12 * MIN });
  const [ruled] = rulesOf(first);
  expect(rulesOf(first)).toHaveLength(1);
  expect(ruled).toMatchObject({ stream: 'app', site: 'yahoo', rule: 'yahoo.ts02', action: '1 message a minute' });
  expect((await siteOf(first, 'yahoo')).limits.rate).toEqual({ messages: 1, perMs: MIN, burst: 1 });
  expect((await siteOf(first, 'yahoo')).why).toContain('Rule yahoo.ts02 since');
  await first[Symbol.asyncDispose]();

  const second = (house = await openSimHouse({ dir, wall }));
  await second.sendAll(Array.from({ length: 6 }, (_, n) => ({ to: `b${n}@yahoo.test` })));
  await second.advance({ by: 10 });
  expect((await siteOf(second, 'yahoo')).why).toContain('Rule yahoo.ts02 since');
  await second.advance({ to: 'idle' });
  const delivered = second.events.flatMap((event) => (event.type === 'recipient.delivered' && event.time < ruled!.until ? [event.time] : [])).sort((a, b) => a - b);
  expect(delivered.length).toBeGreaterThan(3);
  for (const [n, at] of delivered.entries()) if (n > 0) expect(at - delivered[n - 1]!).toBeGreaterThanOrEqual(MIN);
  expect(await second.tally()).toEqual({ delivered: 12 });
  await second.advance({ by: 30 * MIN });
  expect((await siteOf(second, 'yahoo')).limits.rate).toBeNull();
});

test('a rule that pauses is a pause of the site: mail waits there without using up attempts, then it opens up from one connection', async () => {
  const sim = (house = await openSimHouse({ rules: [{ when: { domain: 'icloud.test' }, what: { at: 'mail', reply: { code: 421, enhanced: '4.7.0', text: '[HCM1] Your mail from 192.0.2.1 was deferred' } }, often: { times: 3, per: 'domain' } }] }));
  const ids = await sim.sendAll(Array.from({ length: 10 }, (_, n) => ({ to: `a${n}@icloud.test` })));
  await sim.advance({ by: 4 * MIN });
  const [ruled] = rulesOf(sim);
  expect(ruled).toMatchObject({ rule: 'apple.hcm1', action: 'pause' });
  const { pause, why } = await siteOf(sim, 'icloud');
  expect(pause).toMatchObject({ by: 'engine', until: ruled!.until });
  expect(why).toMatch(/^Paused by the engine until .*apple\.hcm1/);
  expect(sim.events.filter(({ type }) => type === 'site.paused')).toHaveLength(1);
  await sim.advance({ to: 'idle' });
  expect(await sim.tally()).toEqual({ delivered: 10 });
  const attempts = await Promise.all(ids.map((id) => sim.attemptsOf(id)));
  expect(attempts.flat().filter(({ outcome }) => outcome === 'deferred')).toHaveLength(3);
  expect(attempts.flat().every(({ at, outcome }) => outcome === 'deferred' || at >= ruled!.until || at <= ruled!.until - 15 * MIN)).toBe(true);
});

test('what one address alone is answered is not held against its provider', async () => {
  const sim = (house = await openSimHouse());
  await sim.sendAll(Array.from({ length: 8 }, (_, n) => ({ to: `a${n}+mail.421@gmx.test` })));
  await sim.send({ to: 'ann@gmx.test' });
  await sim.advance({ by: 2 * MIN });
  expect(rulesOf(sim)).toEqual([]);
  expect((await sim.tally()).delivered).toBe(1);
});
