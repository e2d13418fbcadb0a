/**
 * Room for what dies young. A server of its own process keeps V8's nursery at
 * two megabytes (in each half), since it has more use for the memory
 * (bin/postern.js, docs/benchmarks.md); with one, mail that is on its way is
 * taken for what lives long, and costs a sixth more. While thousands of
 * conversations go on inside it, with TLS at both ends, two cost a quarter of
 * the time: then it may grow. Inside somebody else's process (the SDK's)
 * nothing is touched.
 */
import { setFlagsFromString } from 'node:v8';

const SMALL = '--semi-space-growth-factor=1';
const GROWING = '--semi-space-growth-factor=2';

let isSmall = false;
let rushes = 0;

/** Said by the command, whose process it is, before it loads the rest. */
export function keepNurserySmall(): void {
  isSmall = true;
  setFlagsFromString(SMALL);
}

/** Much is going on from now on. Answers what is to be called when it is over. */
export function rush(): () => void {
  if (!isSmall) return () => {};
  if (rushes++ === 0) setFlagsFromString(GROWING);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--rushes === 0) setFlagsFromString(SMALL);
  };
}
