/**
 * "What would it say?": a conversation about one recipient, stage by stage,
 * without counting and without the network. `answerOf` is what a transport
 * would report of it, for whoever classifies it.
 */
import type { ScenarioFault, ScenarioTried, ScenarioTry } from '../../sdk/contract.ts';
import { findEnhanced } from '../mail/enhanced-status.ts';
import type { Answer, Fault, Stage } from '../mail/reply.ts';
import type { Run } from './run.ts';
import type { Answering, Asked, ScenarioRun } from './scenario.ts';
import { domainOf } from './when.ts';

export type Tried = Omit<ScenarioTried, 'verdict'>;

const STAGES: readonly Stage[] = ['resolve', 'connect', 'greeting', 'ehlo', 'starttls', 'mail', 'rcpt', 'data', 'body'];
/** Attempts before the one that is asked about. */
const MOST_ATTEMPTS = 100;

/** `now` is the stream's time; every attempt is at that moment, so what waits for time (until, greylist) has not passed. */
export function tryScenario(run: Run, input: ScenarioTry, at: { stream: string; now: number; client?: string }): Tried {
  const aside = run.aside();
  const isAlone = run.isAlone(input.recipient);
  const domain = domainOf(input.recipient);
  const { site } = run.siteOf(isAlone ? input.recipient : domain);
  const headers = Object.entries(input.headers ?? {});
  const asked: Asked = {
    stream: at.stream, side: 'remote', stage: 'resolve', connection: 'try', client: at.client ?? '127.0.0.1', site, host: run.hostsOf(domain)[0]!, domain,
    ...(isAlone ? { destinationAddress: input.recipient } : {}),
    tls: false, sender: input.sender ?? '', recipient: input.recipient, recipients: [input.recipient], message: 'try', size: input.size ?? 2_000,
    header: (name) => headers.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value),
    tags: input.tags ?? [], messagesOnConnection: 0, connectionsOpen: 1, now: at.now,
  };
  for (let before = Math.min(input.attempt ?? 1, MOST_ATTEMPTS); before > 1; before--) conversation(aside, asked);
  const { stages, accepted } = conversation(aside, asked);
  return {
    persona: run.personaOf(domain).name, site, stages,
    afterwards: accepted ? aside.afterwards({ ...asked, stage: 'body', tls: true }).map(({ send, afterMs, rule }) => ({ send, after: afterMs, rule })) : [],
  };
}

function conversation(aside: Pick<ScenarioRun, 'ask'>, about: Asked): { stages: Tried['stages']; accepted: boolean } {
  const stages: Tried['stages'] = [];
  let offered = true;
  for (const stage of STAGES) {
    if (stage === 'starttls' && !offered) {
      stages.push({ stage, rule: stages.at(-1)!.rule, reply: null, fault: 'tls-not-offered', delay: null });
      continue;
    }
    const answering = aside.ask(knownAt(stage, about, offered));
    if (stage === 'ehlo' && answering.hide?.includes('STARTTLS')) offered = false;
    stages.push(row(stage, answering));
    if (answering.fault !== undefined || (answering.reply && !goesOn(stage, answering.reply))) return { stages, accepted: false };
  }
  return { stages, accepted: true };
}

/** A session goes on after 2xx, and after 354 to DATA; TLS is wished for, not needed, so a plain "no" to STARTTLS goes on, too. */
function goesOn(stage: Stage, { code, close }: NonNullable<Answering['reply']>): boolean {
  if (close) return false;
  return stage === 'starttls' || (stage === 'data' ? code === 354 : code < 300);
}

/** Only what a remote knows by then. */
function knownAt(stage: Stage, about: Asked, offered: boolean): Asked {
  const { recipient, recipients, header, ...rest } = about;
  const asked: Asked = { ...rest, stage, tls: offered && (stage === 'mail' || stage === 'rcpt' || stage === 'data' || stage === 'body') };
  if (stage === 'rcpt') return { ...asked, recipient: recipient! };
  if (stage === 'data') return { ...asked, recipients: recipients! };
  return stage === 'body' ? { ...asked, recipients: recipients!, header: header! } : asked;
}

const row = (stage: Stage, { rule, reply, fault, delayMs, dripMs }: Answering): Tried['stages'][number] => ({
  stage, rule: rule ?? null,
  reply: reply ? { code: reply.code, enhanced: reply.enhanced, text: reply.lines.join('\n') } : null,
  fault: fault ?? null,
  delay: delayMs === undefined && dripMs === undefined ? null : (delayMs ?? 0) + (dripMs ?? 0),
});

const FAULTS: Record<ScenarioFault, [Fault['fault'], string] | null> = {
  nxdomain: ['nxdomain', 'the domain does not exist'], servfail: ['dns-error', 'the name servers failed'], 'no-mx': ['no-mx', 'the domain has neither MX nor address'], 'null-mx': ['null-mx', 'the domain takes no mail'],
  refused: ['refused', 'the connection was refused'], unreachable: ['unreachable', 'the host did not answer'],
  silence: ['timeout', 'no reply in time'], disconnect: ['disconnect', 'the connection was closed'], reset: ['disconnect', 'the connection was reset'], 'disconnect-after-dot': ['disconnect', 'the connection was closed after the message'],
  'tls-handshake': ['tls', 'the handshake failed'], 'tls-expired': ['tls', 'the certificate has expired'], 'tls-self-signed': ['tls', 'the certificate is self-signed'], 'tls-wrong-host': ['tls', 'the certificate is for another host'], 'tls-not-offered': null,
  garbage: ['malformed-reply', 'the reply is no SMTP'],
};

/** How it ended, for the classifier; what only slows down or does without TLS is no end. */
export function answerOf({ stages }: Tried): Answer {
  const last = stages.at(-1)!;
  const fault = last.fault === null ? null : FAULTS[last.fault as ScenarioFault];
  if (fault) return { kind: 'fault', stage: last.stage, fault: fault[0], detail: fault[1] };
  const { code, enhanced, text } = last.reply ?? { code: 250, enhanced: '2.0.0', text: 'OK' };
  const status = enhanced === null ? undefined : findEnhanced(enhanced);
  return { kind: 'reply', stage: last.stage, code, text, ...(status ? { enhanced: status } : {}) };
}
