/** The time, for ages: one beat for the whole page. */
export class Now {
  at = $state(Date.now());
  beat(every = 5_000): () => void {
    const timer = setInterval(() => (this.at = Date.now()), every);
    return () => clearInterval(timer);
  }
}
