/**
 * Room for what dies young. A server of its own process keeps V8's nursery at
 * eight megabytes (in each half), since it has more use for the memory
 * (bin/postern.js, docs/benchmarks.md); with two, mail that is on its way, and
 * a connection for one message the more so, is taken for what lives long, and
 * costs 5 to 8 % more. While thousands of conversations go on inside it, with
 * TLS at both ends, it may grow: two cost a quarter of the time there. Inside
 * somebody else's process (the SDK's) nothing is touched.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const STAYS = '--semi-space-growth-factor=1';
const GROWS = '--semi-space-growth-factor=2';
/** Octets of both halves. */
const ENOUGH = 16_000_000;

let isOurs = false;
let flag = '';
let rushes = 0;

function set(next: typeof STAYS | typeof GROWS): void {
  if (isOurs && next !== flag) setFlagsFromString(flag = next);
}
const nurserySize = (): number => getHeapSpaceStatistics().find((one) => one.space_name === 'new_space')?.space_size ?? Infinity;
const look = (): void => set(rushes > 0 || nurserySize() < ENOUGH ? GROWS : STAYS);

/** Said by the command, whose process it is, before it loads the rest: what is loaded lives on, and would make it larger than it needs to be. */
export function keepNurserySmall(): void {
  isOurs = true;
  set(STAYS);
}

/** It is loaded. V8 takes half away while nothing happens, so it is looked at after each collection. */
export function watchNursery(): void {
  look();
  new PerformanceObserver(look).observe({ entryTypes: ['gc'] });
}

/** Much is going on from now on. Answers what is to be called when it is over. */
export function rush(): () => void {
  rushes++;
  set(GROWS);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--rushes === 0) set(STAYS);
  };
}
