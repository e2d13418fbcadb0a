/** Where one that writes waits: for room, or for a word of the remote. */
export type Waking = {
  /** Until it is awakened. */
  pause(): Promise<void>;
  awake(): void;
};

export function createWaking(): Waking {
  let wake: (() => void) | undefined;
  return {
    pause: () => new Promise((resolve) => { wake = resolve; }),
    awake() {
      const waiting = wake;
      wake = undefined;
      waiting?.();
    },
  };
}
