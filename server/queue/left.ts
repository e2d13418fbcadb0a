/** A way out of many waits at once, which holds on to none of them once it is over. */
export type Leaving = {
  /** The promise, or `'left'` once leave() was called and `may` says yes. */
  orLeft<T extends object | undefined>(promise: Promise<T>, may?: () => boolean): Promise<T | 'left'>;
  leave(): void;
  /** What is waited for from now on is not left before the next leave(). */
  stay(): void;
};

export function leaving(): Leaving {
  const waits = new Set<() => void>();
  let isLeft = false;
  return {
    orLeft: (promise, may = () => true) => new Promise((resolve, reject) => {
      const look = () => {
        if (isLeft && may()) resolve('left');
      };
      waits.add(look);
      promise.then(resolve, reject).finally(() => waits.delete(look));
      look();
    }),
    leave() {
      isLeft = true;
      for (const look of waits) look();
    },
    stay() {
      isLeft = false;
    },
  };
}
