/**
 * What was learned of hosts and holds for a while of the conversation's own
 * time, so that not every message pays for it again. In memory and bounded:
 * the oldest is forgotten first. Keys begin with the name of the stream and a
 * blank.
 */
export type Remembered<T> = {
  of(key: string, now: number): T | undefined;
  keep(key: string, value: T, now: number): void;
  drop(key: string): void;
  /** All of a stream: its remotes behave in another way from now on. */
  forget(stream: string): void;
};

export function createRemembered<T>({ lifetime, most = 10_000 }: { lifetime: number; most?: number }): Remembered<T> {
  const known = new Map<string, { value: T; at: number }>();
  return {
    of(key, now) {
      const entry = known.get(key);
      // What a conversation of later learned (time may be moved for one message alone) is nothing that is known now.
      if (entry !== undefined && entry.at <= now && now < entry.at + lifetime) return entry.value;
      known.delete(key);
      return undefined;
    },
    keep(key, value, now) {
      known.delete(key);
      known.set(key, { value, at: now });
      if (known.size > most) known.delete(known.keys().next().value!);
    },
    drop: (key) => void known.delete(key),
    forget(stream) {
      for (const key of known.keys()) if (key.startsWith(`${stream} `)) known.delete(key);
    },
  };
}
