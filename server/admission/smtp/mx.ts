/**
 * The listener that the internet may speak to: it takes bounces and
 * complaints for the return-path domains of streams, and nothing else. It
 * relays nothing, to anybody, and could not: there are no logins, each
 * recipient is looked at, and its gate has no way into the queue.
 *
 * Whoever may connect from anywhere is bounded in all that he can use up:
 * connections (of one address, too), octets, guesses at addresses, and reports
 * for one return path or mailbox within an hour.
 */
import type { Clock } from '../../clock.ts';
import type { Admit } from '../admit.ts';
import { type Refusal, refusals } from '../refusal.ts';
import type { Streams } from '../streams.ts';
import type { Conversation } from './conversation.ts';
import type { Log, SmtpLimits, Stages } from './desk.ts';
import { createSmtpListener, type SmtpListener } from './listener.ts';
import type { TlsMaterial } from './tls.ts';

/** Answers whose mail it is: see returns/addressee.ts. */
export type FindAddressee = (address: string) => Promise<{ kind: 'return-path' | 'mailbox'; stream: string; key: string } | { kind: 'nobody' | 'elsewhere' }>;

/** A bounce holds a message of ours at most, and most hold its header. */
export const MX_MESSAGE_SIZE = 10 * 1024 * 1024;
/** Octets in memory over all clients: what comes from outside takes no room from what goes out. */
export const MX_IN_FLIGHT = 64 * 1024 * 1024;
const MX_LIMITS: Partial<SmtpLimits> = { messageSize: MX_MESSAGE_SIZE, recipients: 100, clients: 200, clientsOfOne: 20, badCommands: 10 };

/** Recipients that are none of ours, on one connection. */
const GUESSES = 10;
const HOUR = 3_600_000;
/** Reports within an hour: a message that is late, bounces and is answered makes a few; a mailbox has the feedback loops of a whole domain. */
const MOST = { 'return-path': 20, mailbox: 2_000 } as const;
/** Return paths that are counted at once; beyond that the counts begin anew. */
const COUNTED = 50_000;

export type MxOptions = {
  /** A gate of its own, that plans nothing. */
  admit: Admit;
  streams: Streams;
  addressee: FindAddressee;
  clock: Clock;
  log: Log;
  hostname: string;
  tls: TlsMaterial;
  limits?: Partial<SmtpLimits>;
  heard?: (refusal: Refusal) => void;
};

export function createMxListener({ addressee, limits, heard = () => {}, ...options }: MxOptions): SmtpListener {
  return createSmtpListener({
    ...options, heard, inward: true, starttls: 'named',
    limits: { ...MX_LIMITS, ...limits },
    stages: mxStages({ addressee, heard, clock: options.clock }),
  });
}

function mxStages({ addressee, heard, clock }: Pick<MxOptions, 'addressee' | 'clock'> & { heard: (refusal: Refusal) => void }): Stages {
  const guesses = new WeakMap<Conversation, number>();
  const counts = new Map<string, { since: number; count: number }>();

  const refuse = (refusal: Refusal): Refusal => {
    heard(refusal);
    return refusal;
  };

  function guessed(talk: Conversation, refusal: Refusal): Refusal {
    const count = (guesses.get(talk) ?? 0) + 1;
    guesses.set(talk, count);
    return refuse(count > GUESSES ? refusals.guessing() : refusal);
  }

  function tooMany(kind: keyof typeof MOST, key: string): boolean {
    const now = clock.now();
    let counted = counts.get(key);
    if (!counted || now - counted.since >= HOUR) {
      if (counts.size >= COUNTED) counts.clear();
      counts.set(key, (counted = { since: now, count: 0 }));
    }
    return ++counted.count > MOST[kind];
  }

  return {
    async rcpt(talk, { address }) {
      const found = await addressee(address);
      switch (found.kind) {
        case 'elsewhere': return guessed(talk, refusals.relayDenied());
        case 'nobody': return guessed(talk, refusals.noSuchMailbox());
        case 'mailbox': case 'return-path': {
          // One inbox gets it: that of the first recipient's stream.
          const isFirst = talk.transaction?.envelope.recipients.length === 0;
          if (!isFirst && talk.stream !== found.stream) return refuse(refusals.otherStream());
          if (tooMany(found.kind, found.key)) return refuse(refusals.tooManyReports());
          talk.stream = found.stream;
          return undefined;
        }
      }
    },
  };
}
