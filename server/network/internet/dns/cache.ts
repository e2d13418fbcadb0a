/**
 * Answers that still hold, at most so many: the one that was kept first goes
 * first. Times are milliseconds of the clock that is handed in.
 */
export type Cache<T> = {
  /** With the milliseconds that it still holds. */
  get(key: string, now: number): { value: T; left: number } | undefined;
  set(key: string, value: T, until: number): void;
  clear(): void;
  readonly size: number;
};

export function createCache<T>(most: number): Cache<T> {
  const kept = new Map<string, { value: T; until: number }>();
  return {
    get(key, now) {
      const found = kept.get(key);
      if (!found) return undefined;
      if (found.until > now) return { value: found.value, left: found.until - now };
      kept.delete(key);
      return undefined;
    },
    set(key, value, until) {
      kept.delete(key);
      kept.set(key, { value, until });
      if (kept.size > most) for (const first of kept.keys()) {
        kept.delete(first);
        break;
      }
    },
    clear: () => kept.clear(),
    get size() { return kept.size; },
  };
}
