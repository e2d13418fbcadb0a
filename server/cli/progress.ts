/** A line that counts up on a terminal; silent elsewhere. */
import type { Io } from './verb.ts';

export function progress(io: Io, quiet: boolean, total: number | undefined, done: string): { step(): void; end(): void } {
  const shown = !quiet && (io.stderr as { isTTY?: boolean }).isTTY === true;
  let count = 0;
  let next = 0;
  const show = () => io.stderr.write(`\r${count}${total === undefined ? '' : ` of ${total}`} ${done}`);
  return {
    step() {
      count++;
      if (!shown || Date.now() < next) return;
      next = Date.now() + 100;
      show();
    },
    end() {
      if (shown && count > 0) io.stderr.write('\r\u001b[K');
    },
  };
}
