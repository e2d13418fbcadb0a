/**
 * An outbox as many applications have one: receipts are put in, a worker
 * sends what is due, and what fails for now is tried again later.
 *
 *   4xx, no connection   again after 1, 5, 30 … minutes, six times
 *   5xx                  given up: the address (or the mail) will not get better
 *   "too many, too fast" everybody waits, then one at a time for a while
 *
 * It keeps its letters in memory to stay small; a real one has a table.
 */
const MINUTE = 60_000;
const WAITS = [1, 5, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);
/** How long nothing is sent after the other side said that it is too much. */
const REST = 2 * MINUTE;

/** Codes and words with which servers ask for less (RFC 5321 §4.2, and what providers say). */
const isTooMuch = ({ responseCode, response = '' }) =>
  responseCode === 421 || ([450, 451, 452].includes(responseCode) && /rate|too many|throttl|slow down|4\.7\.28/i.test(response));

/** A failure that time will not mend. */
const isFinal = ({ responseCode }) => responseCode >= 500;

/**
 * `mailer` is a nodemailer transport. `now` gives milliseconds, so that a test
 * can let an hour pass.
 */
export function createOutbox({ mailer, now = Date.now, together = 5 }) {
  const letters = [];
  let restUntil = 0;
  let gentle = false;

  async function attempt(letter) {
    letter.attempts++;
    try {
      await mailer.sendMail(letter.mail);
      letter.state = 'sent';
    } catch (error) {
      letter.lastError = error.response ?? error.message;
      if (isTooMuch(error)) {
        restUntil = now() + REST;
        gentle = true;
      }
      const wait = WAITS[letter.attempts - 1];
      if (isFinal(error) || wait === undefined) letter.state = 'failed';
      else letter.due = Math.max(now() + wait, restUntil);
    }
  }

  return {
    letters,
    put(mail) {
      const letter = { mail, state: 'waiting', attempts: 0, due: now(), lastError: null };
      letters.push(letter);
      return letter;
    },
    /** Sends what is due now. Answers when something is due next, or null. */
    async work() {
      while (now() >= restUntil) {
        const due = letters.filter((letter) => letter.state === 'waiting' && letter.due <= now()).slice(0, gentle ? 1 : together);
        if (due.length === 0) break;
        await Promise.all(due.map(attempt));
        if (gentle && now() >= restUntil && due.every((letter) => letter.state === 'sent')) gentle = false;
      }
      const next = letters.filter((letter) => letter.state === 'waiting').map((letter) => Math.max(letter.due, restUntil));
      return next.length > 0 ? Math.min(...next) : null;
    },
  };
}
