/**
 * A delivery policy as a request says it, laid over the one that stands:
 * durations become milliseconds, a named schedule its steps. What cannot be
 * is told with its path; the shape was checked before.
 */
import type { z } from '@hono/zod-openapi';
import { DEFAULT_DELIVERY, type DeliveryPolicy, type RetrySchedule, SCHEDULES, type SiteLimits } from '../mail/stream.ts';
import { shown } from '../shown.ts';
import { parseDuration } from '../units.ts';
import type { Fault } from './faults.ts';
import { DOMAIN, livePolicyOf } from './live.ts';
import type { DeliveryPolicyInput } from './schemas/delivery.ts';

type Input = z.output<typeof DeliveryPolicyInput>;

const SECOND = 1_000;
const DAY = 86_400_000;
/** What is tried for longer is not mail any more. */
const LONGEST = 30 * DAY;

/** `now`, of the wall, is when a canary or a warm-up begins that does not say so. */
export function policyOf(input: Input, now: number, before: DeliveryPolicy = DEFAULT_DELIVERY): { policy: DeliveryPolicy } | { faults: Fault[] } {
  const faults: Fault[] = [];
  const ms = (path: string, value: string | number, least: number, most = LONGEST): number => {
    const read = parseDuration(String(value)) ?? 0;
    if (read < least || read > most) faults.push({ path: `delivery.${path}`, message: `must be from ${sayMs(least)} to ${sayMs(most)}; it is ${shown(value)}` });
    return read;
  };
  const { schedule, jitter, expiresAfter, delayNotice, notices, limits, siteLimits, softBounces, returnPath, magicAtSubmission, seed, live } = input;

  const retry = (): Partial<DeliveryPolicy> => {
    if (schedule === undefined) return {};
    if (typeof schedule === 'string') return { schedule: SCHEDULES[schedule].schedule as RetrySchedule, expiresAfter: SCHEDULES[schedule].expiresAfter };
    if (schedule.kind === 'steps') return { schedule: { kind: 'steps', steps: schedule.steps.map((step, i) => ms(`schedule.steps.${i}`, step, SECOND)) } };
    const growing = { kind: 'growing' as const, first: ms('schedule.first', schedule.first, SECOND), factor: schedule.factor, most: ms('schedule.most', schedule.most, SECOND) };
    if (growing.most < growing.first) faults.push({ path: 'delivery.schedule.most', message: `is ${shown(schedule.most)}, and must not be less than \`first\`` });
    return { schedule: growing };
  };
  const judged = live && livePolicyOf(live, before.live, now);
  if (judged) faults.push(...judged.faults);
  if (returnPath && !DOMAIN.test(returnPath)) faults.push({ path: 'delivery.returnPath', message: `must be a domain like bounces.example.test; it is ${shown(returnPath)}` });

  const policy: DeliveryPolicy = {
    ...before,
    ...retry(),
    ...(jitter === undefined ? {} : { jitter }),
    ...(expiresAfter === undefined ? {} : { expiresAfter: ms('expiresAfter', expiresAfter, SECOND) }),
    ...(delayNotice === undefined ? {} : { delayNotice: delayNotice === null ? null : ms('delayNotice', delayNotice, SECOND) }),
    ...(notices === undefined ? {} : { notices }),
    ...(limits === undefined ? {} : { limits: { ...before.limits, ...tidy(limits) } }),
    ...(siteLimits === undefined ? {} : { siteLimits: Object.fromEntries(Object.entries(siteLimits).map(([site, one]) => [site.toLowerCase(), tidy(one)])) }),
    ...(softBounces === undefined ? {} : { softBounces: softBounces && { count: softBounces.count, within: ms('softBounces.within', softBounces.within, SECOND, 365 * DAY) } }),
    ...(returnPath === undefined ? {} : { returnPath: returnPath?.toLowerCase() ?? null }),
    ...(magicAtSubmission === undefined ? {} : { magicAtSubmission }),
    ...(seed === undefined ? {} : { seed }),
    ...(judged ? { live: judged.live } : {}),
  };
  return faults.length > 0 ? { faults } : { policy };
}

/** Without the keys that are absent: a spread must not erase what stands. */
function tidy({ connections, messagesPerConnection, rate, connectionRate }: NonNullable<Input['limits']>): Partial<SiteLimits> {
  return {
    ...(connections === undefined ? {} : { connections }),
    ...(messagesPerConnection === undefined ? {} : { messagesPerConnection }),
    ...(rate === undefined ? {} : { rate }),
    ...(connectionRate === undefined ? {} : { connectionRate }),
  };
}

const sayMs = (ms: number): string => (ms >= DAY ? `${ms / DAY}d` : `${ms / SECOND}s`);
