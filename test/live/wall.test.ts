/** The wall of bad remotes, in short: see wall.ts, and wall-long.ts for 10,000 attempts. */
import { expect, test } from 'vitest';
import { NAMES, wall } from './wall.ts';

const EXPIRES = 40;
/** From the first dial to a host that is ready, and a whole transaction: what an attempt that began in time may take. */
const LONGEST = 15 + 30;
/** What this machine does meanwhile looks long at 600 times the speed. */
const SLACK = 30;

test('whatever a remote does, every recipient ends, none of them long after its time, and nothing is left behind', { timeout: 60_000 }, async () => {
  const { ends, attempts, longestAttempt, longestLife, left } = await wall({ each: 1, times: 600, expiresAfter: EXPIRES, every: 15 });
  const good = ['is good, with TLS', 'is good, in plaintext', 'shows an expired certificate'];
  expect(Object.fromEntries([...ends].map(([name, found]) => [name, [...found.keys()]]))).toEqual(Object.fromEntries(NAMES.map((name) => [name, [good.includes(name) ? 'delivered' : 'expired']])));
  expect(attempts).toBeGreaterThan(NAMES.length);
  expect(longestAttempt).toBeLessThan(LONGEST + SLACK);
  expect(longestLife).toBeLessThan(EXPIRES + LONGEST + SLACK);
  expect(left.sockets).toBe(0);
  // Not one for each attempt; some of the house's own come with its first mail.
  expect(left.timers).toBeLessThan(5);
});
