/**
 * The pretend remote's mind: a scenario (data, see sdk/scenario-types.ts, the
 * public contract) with its memory. Asked at each stage of a conversation,
 * it answers with a reply, a fault, a delay, or nothing (go on).
 *
 *     explicit magic address  →  rules, in order  →  persona  →  accept
 */
import type { Afterwards, Persona, Rule, RuleHits, Scenario, ScenarioFault, ScenarioReply, Situation, SituationReply, Span } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';

export type { Afterwards, Persona, Rule, RuleHits, Scenario, ScenarioFault, ScenarioReply, Situation, SituationReply, Span };

export const SITUATIONS = [
  'unknown', 'disabled', 'full', 'toolarge', 'spam', 'virus', 'policy', 'dmarc', 'spf', 'blocklist', 'ptr', 'relay',
  'ratelimit', 'greylist', 'tlsrequired', 'toomany', 'connections', 'perconnection', 'recipientrate', 'sender', 'busy', 'malformed', 'blockedsender', 'nodomain',
] as const satisfies Situation[];

/** What is known when the remote is asked; grows with the stages. */
export type Asked = {
  stream: string;
  side: 'remote' | 'submission';
  stage: Stage;
  /** Of the connection. */
  connection: string;
  client: string;
  site: string;
  /** The MX host, from `connect` on; unknown while mail is handed in. */
  host?: string;
  /** Domain of the connection's destination before a recipient is known. */
  domain: string;
  /** Set when the connection is for this address alone (see Network.destination). */
  destinationAddress?: string;
  tls: boolean;
  sender?: string;
  recipient?: string;
  /** All of the transaction; at `data` and `body`. */
  recipients?: string[];
  /** Tells one message from another; at best its Message-ID, else a hash of the sender and the octets. Known in-process before the body. */
  message?: string;
  size?: number;
  header?: (name: string) => string[];
  tags?: string[];
  messagesOnConnection?: number;
  connectionsOpen?: number;
  /** Milliseconds, the talk's time. */
  now: number;
};

/** What to do. Absent parts do nothing; an empty one accepts. */
export type Answering = {
  /** The rule or tag that said so; absent when nothing did. */
  rule?: string;
  delayMs?: number;
  dripMs?: number;
  reply?: { code: number; enhanced: string | null; lines: string[]; close: boolean };
  fault?: ScenarioFault;
  hide?: string[];
};

/** To be sent later, decided when the message was accepted. */
export type Later = { send: Afterwards['send']; afterMs: number; recipient: string; reply: { code: number; enhanced: string | null; lines: string[] }; rule: string };

/** A scenario with its memory: counters, greylist, rates. Deterministic for the same questions in the same order. */
export interface ScenarioRun {
  ask(asked: Asked): Answering;
  /** After a message was accepted by the remote: what follows later. */
  afterwards(asked: Asked): Later[];
  /** Banner, SIZE, hidden extensions, TLS need of the destination. */
  manners(asked: Pick<Asked, 'domain' | 'destinationAddress'>): { persona: string; banner: string; size: number; hide: string[] };
  /** Whether its connections must be its own: a magic tag or a rule acts on it before a recipient is known, or would slow its neighbours down. */
  isAlone(address: string): boolean;
  /** The site of a destination: the persona's, else the domain. */
  siteOf(destination: string): { site: string; provider?: string };
  /** Its MX hosts, in the order of their preference. */
  hostsOf(destination: string): string[];
  hits(): RuleHits[];
  /** Forgets counters, greylist, rates and hits. */
  reset(): void;
  /** JSON of the memory, and back: kept over a restart. */
  memory(): string;
}
