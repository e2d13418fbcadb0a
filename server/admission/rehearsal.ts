/**
 * What a scenario does while mail is handed in, so that the application's own
 * retry can be tested: rules whose side is `submission`, and magic addresses
 * where the stream says so. The same rules, the same words as at the pretend
 * remote; but the client is a real program, so delays pass in real time.
 */
import type { Clock } from '../clock.ts';
import type { Stage } from '../mail/reply.ts';
import type { Answering, Asked } from '../scenario/scenario.ts';
import type { Envelope } from '../mail/envelope.ts';
import { type Refusal, refusals } from './refusal.ts';

/** Answers at a stage: nothing goes ahead. */
export type Rehearsed =
  | { kind: 'reply'; code: number; enhanced: string; lines: string[]; close: boolean; rule: string }
  | { kind: 'fault'; fault: 'silence' | 'disconnect' | 'reset'; rule: string };

export type RehearsalOptions = {
  clock: Clock;
  /** Whether anything acts at this stream's submissions; asked at each stage. */
  acts(stream: string): boolean;
  ask(asked: Omit<Asked, 'side' | 'now' | 'site' | 'domain'>): Answering;
};

export interface Rehearsal {
  at(stage: Stage, facts: Omit<Asked, 'side' | 'now' | 'site' | 'domain' | 'stage'>): Rehearsed | undefined | Promise<Rehearsed | undefined>;
}

export function createRehearsal({ clock, acts, ask }: RehearsalOptions): Rehearsal {
  return {
    at(stage, facts) {
      if (!acts(facts.stream)) return undefined;
      const answering = ask({ ...facts, stage });
      const wait = (answering.delayMs ?? 0) + (answering.dripMs ?? 0);
      const said = rehearsed(answering);
      if (wait <= 0) return said;
      return new Promise((resolve) => void clock.after(wait, () => resolve(said)));
    },
  };
}

/** What a listener of ours can do of it: other faults (DNS, TLS, refused) have no meaning once a client is here, so they end the connection. */
function rehearsed({ reply, fault, rule = '' }: Answering): Rehearsed | undefined {
  if (fault === 'silence') return { kind: 'fault', fault, rule };
  if (fault !== undefined) return { kind: 'fault', fault: fault === 'reset' ? 'reset' : 'disconnect', rule };
  if (reply && (reply.code >= 400 || reply.code === 250)) return { kind: 'reply', code: reply.code, enhanced: reply.enhanced ?? '', lines: reply.lines, close: reply.close, rule };
  return undefined;
}

const STAGES_OF_HTTP = ['greeting', 'mail', 'rcpt', 'data', 'body'] as const;

/**
 * The same for a hand-over in one request: the stages are gone through as a
 * client of SMTP would, and the first that refuses refuses it all. A silence
 * or a cut cannot be had over HTTP: it is a 421.
 */
export async function rehearseAll(rehearsal: Rehearsal, { stream, connection, client, envelope, size, tags }: { stream: string; connection: string; client: string; envelope: Envelope; size: number; tags: string[] }): Promise<Refusal | undefined> {
  const recipients = envelope.recipients.map(({ address }) => address);
  for (const stage of STAGES_OF_HTTP) {
    const facts = { stream, connection, client, tls: false, size, tags, ...(stage === 'greeting' ? {} : { sender: envelope.from, recipients }) };
    // At DATA and after it there is one answer for all of them.
    for (const recipient of stage === 'rcpt' ? recipients : [undefined]) {
      const said = await rehearsal.at(stage, { ...facts, ...(recipient === undefined ? {} : { recipient }) });
      if (!said || (said.kind === 'reply' && said.code < 400)) continue;
      if (said.kind === 'fault') return refusals.simulated(421, '4.4.2', `Simulated ${said.fault} at ${stage} (${said.rule})`);
      return refusals.simulated(said.code, said.enhanced, said.lines.join(' '));
    }
  }
  return undefined;
}
