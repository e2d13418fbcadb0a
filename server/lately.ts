/** What is made (or loaded) only when somebody first asks for it; `now` is it, once it is there. What fails is tried again by who asks next. */
export type Lately<T> = { (): Promise<T>; now?: T };

export function lately<T>(make: () => Promise<T>): Lately<T> {
  let making: Promise<T> | undefined;
  const ask: Lately<T> = () => (making ??= make().then(
    (made) => (ask.now = made),
    (error: unknown) => {
      making = undefined;
      throw error;
    },
  ));
  return ask;
}
