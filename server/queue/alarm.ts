/**
 * The one timer of a stream's queue, and the moments that it is for beside
 * those of its lanes and seats: when what is blocked is looked at for what is
 * overdue, and when what holds up the whole queue is over. All of the queue's
 * clock.
 */
import type { Cancel, Clock } from '../clock.ts';

export type AlarmDeps = {
  clock: Clock;
  /** Of its lanes and seats. */
  moments(): (number | undefined)[];
  rings(): void;
};

export function createAlarm({ clock, moments, rings }: AlarmDeps) {
  let timer: { cancel: Cancel; at: number } | undefined;
  let overdueAt: number | undefined;
  let resumesAt: number | undefined;
  /** What is over is being ended. */
  let endsOverdue = false;
  let closed = false;

  return {
    arm(): void {
      const at = Math.min(...[...moments(), endsOverdue ? undefined : overdueAt, resumesAt].filter((one) => one !== undefined));
      if (timer?.at === at) return;
      timer?.cancel();
      timer = undefined;
      if (!Number.isFinite(at) || closed) return;
      timer = { at, cancel: clock.after(Math.max(at - clock.now(), 0), () => {
        timer = undefined;
        if (resumesAt !== undefined && resumesAt <= clock.now()) resumesAt = undefined;
        rings();
      }) };
    },
    /** Never later than the earliest expiry of what waits, tried or not: each tells its own when it comes in, the store tells the next. */
    lookForOverdueAt(at: number): void {
      if (overdueAt === undefined || at < overdueAt) overdueAt = at;
    },
    /** Whether it is time to look; then it is not any more. */
    takeOverdue(now: number): boolean {
      if (overdueAt === undefined || overdueAt > now) return false;
      overdueAt = undefined;
      return true;
    },
    get looksForOverdue() { return overdueAt !== undefined; },
    get endsOverdue() { return endsOverdue; },
    set endsOverdue(yes: boolean) {
      endsOverdue = yes;
    },
    get resumes() { return resumesAt; },
    resumesAt(at: number | null): void {
      resumesAt = at ?? undefined;
    },
    close(): void {
      closed = true;
      timer?.cancel();
    },
  };
}
