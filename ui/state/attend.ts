/**
 * Follows the events while the page is seen. A browser keeps six connections
 * to a host: tabs in the background let go of theirs after a while, unless
 * they have a reason to stay, and come back when they are seen.
 */

/** Calls back when the page is hidden (true) and when it is seen again. */
export type Hidden = (changed: (hidden: boolean) => void) => () => void;

/** Milliseconds in the background after which the event stream is let go. */
export const PATIENCE = 30_000;

export function attend(follow: () => () => void, hidden: Hidden | undefined, stays: () => boolean): () => void {
  let leave: (() => void) | undefined = follow();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const letGo = () => {
    if (stays()) return;
    leave?.();
    leave = undefined;
  };
  const unwatch = hidden?.((away) => {
    clearTimeout(timer);
    if (away) timer = setTimeout(letGo, PATIENCE);
    else leave ??= follow();
  });
  return () => {
    clearTimeout(timer);
    unwatch?.();
    leave?.();
  };
}
