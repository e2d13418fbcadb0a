/**
 * What a pretend remote says, as data: the wire form of a scenario. It stands
 * in JSON and in configuration files as it stands here. Types only: the
 * server reads it, the builders in scenario.ts make it.
 *
 *     explicit magic address  →  rules, in order  →  persona  →  accept
 */
import type { Stage } from './delivery.ts';

/** Milliseconds, or `90s`, `5m`, `72h`, `7d`. */
export type Span = number | string;

export type ScenarioReply = {
  /** 200 to 599. */
  code: number;
  /** `5.1.1`; what the code suggests when absent; null for none. */
  enhanced?: string | null;
  /** Lines are separated by LF. `{recipient} {sender} {domain} {client} {host} {retry}` are filled in. */
  text?: string;
  /** Closes the connection after it, as 421 always does. */
  close?: true;
};

/** Instead of a reply, or before one. */
export type ScenarioFault =
  /** `resolve` stage only. */
  | 'nxdomain' | 'servfail' | 'no-mx' | 'null-mx'
  /** `connect` stage only: RST, or no answer to SYN. */
  | 'refused' | 'unreachable'
  /** Any later stage: never answers; closes; closes with RST. At `body`: `disconnect` in the midst of it. */
  | 'silence' | 'disconnect' | 'reset'
  /** `body` only: takes the whole message, closes before its reply. */
  | 'disconnect-after-dot'
  /** `starttls` only. */
  | 'tls-handshake' | 'tls-expired' | 'tls-self-signed' | 'tls-wrong-host' | 'tls-not-offered'
  /** Bytes that are no SMTP. */
  | 'garbage';

/** Exact, or with `*`; a list matches when one does. Case does not count. */
export type Pattern = string | string[];

export type RuleWhen = {
  recipient?: Pattern;
  /** Of the recipient. */
  domain?: Pattern;
  /** Site or provider. */
  site?: Pattern;
  /** The MX host that is asked, from `connect` on. Where a rule says it, each domain has two: `mx.<domain>`, and `mx2.<domain>` after it; the pretend remote's own port is the first of every domain. */
  host?: Pattern;
  sender?: Pattern;
  tag?: Pattern;
  /** Field name → pattern of its value. From the `body` stage on. */
  header?: Record<string, Pattern>;
  /** Octets: `>10mb`, `<2kb`, or a number for at least. As declared (SIZE=) until the body was seen. */
  size?: string | number;
  /** The connection is encrypted, or not. */
  tls?: boolean;
  /** The n-th time that this message is tried for this recipient, from 1: `1`, `>=3`. */
  attempt?: string | number;
};

/** What counts together for `times`, `sequence`, `greylist`, `rate`. */
export type CountPer = 'recipient' | 'message' | 'address' | 'domain' | 'sender' | 'client' | 'all';

export type RuleWhat = {
  /** Where it acts. Default `rcpt`; a fault names its own stage where only one makes sense. */
  at?: Stage;
  reply?: ScenarioReply;
  /** The class's reply in the words of a persona: `full`, `gmail.full`. */
  says?: string;
  fault?: ScenarioFault;
  /** Waits so long before it answers (or before the fault). */
  delay?: Span;
  /** The reply comes an octet at a time over so long. */
  drip?: Span;
  /** Accepts, whatever rules below say. */
  accept?: true;
  /** Extensions that EHLO does not name (`PIPELINING`, `STARTTLS`, `SIZE`, `DSN`, …). */
  hide?: string[];
};

/** Limits on how often the rule answers; when one says no, the next rule is asked. */
export type RuleHowOften = {
  /** So many times, then never again (until reset). */
  times?: number;
  /** In turn, `null` accepts (goes on to the next rule): ['451', '451', null]. After the last, the last again. */
  sequence?: (ScenarioReply | string | number | null)[];
  /** 0 to 1, by a hash of (seed, rule, recipient, attempt). */
  probability?: number;
  /** Milliseconds or text, counted from the first time that this recipient (see `per`) was tried. */
  until?: Span;
  /** Of the stream's clock: ISO times, either may be absent. */
  window?: { from?: string; to?: string };
  /** Answers until `wait` after first contact, accepts for `passFor` afterwards. Keyed by client address, sender and recipient. */
  greylist?: { wait: Span; passFor?: Span };
  /** Answers once more than so many came: messages (or recipients, connections) in a period; or open at once; or on one connection. */
  rate?: { messages?: number; per?: Span; connections?: number; messagesPerConnection?: number };
  /** What the counting is by. Default `recipient` (of a message) for times, sequence and until; `client` for rate. */
  per?: CountPer;
};

/** Comes later although the message was accepted. Sent to the envelope sender. */
export type Afterwards = {
  send: 'dsn' | 'delay-dsn' | 'text-bounce' | 'complaint' | 'ooo';
  after: Span;
  /** Of a DSN: status and diagnostic. */
  reply?: ScenarioReply;
  /** The class's reply in the words of a persona, instead of `reply`. */
  says?: string;
};

export type Rule = {
  /** Stable name for hits and events; `rule-3` (its place) when absent. */
  id?: string;
  /** For people. */
  note?: string;
  /** Where it acts: on mail that Postern delivers (default), while it is handed in, or both. */
  side?: 'remote' | 'submission' | 'both';
  when?: RuleWhen;
  what?: RuleWhat;
  often?: RuleHowOften;
  afterwards?: Afterwards;
};

export type Scenario = {
  rules: Rule[];
  /** Domain pattern → persona. Before the built-in ones (`gmail.com` → gmail). */
  personas?: Record<string, string>;
  /** Personas of the user's own, or changed copies. */
  define?: Record<string, Persona>;
  /** What domains without a persona have. Default `plain`: accepts everything. */
  persona?: string;
  seed?: number;
};

/** Situations that a persona has words for (those it lacks come from `plain`). */
export type Situation =
  | 'unknown' | 'disabled' | 'full' | 'toolarge' | 'spam' | 'virus'
  | 'policy' | 'dmarc' | 'spf' | 'blocklist' | 'ptr' | 'relay'
  | 'ratelimit' | 'greylist' | 'tlsrequired' | 'toomany' | 'connections' | 'perconnection'
  | 'recipientrate' | 'sender' | 'busy' | 'malformed' | 'blockedsender' | 'nodomain';

export type SituationReply = ScenarioReply & { at: Stage };

/** A mailbox provider's manners, as data. Limits and texts come from its public pages and from real replies. */
export type Persona = {
  name: string;
  label: string;
  /** One sentence: whose manners, and from where they are known. */
  note: string;
  /** Recipient domains that have it without being told (`gmail.com`), patterns allowed. */
  domains: string[];
  /** Whether all its domains are one site, as at a provider with shared hosts. */
  site?: string;
  /** As the classifier names it (`google`), for rules by provider. */
  provider?: string;
  banner: string;
  /** Extensions it does not offer. */
  hide?: string[];
  /** Octets; announced in SIZE. */
  size?: number;
  requiresTls?: true;
  limits?: {
    connections?: number; messagesPerConnection?: number; recipientsPerMessage?: number;
    messages?: { most: number; per: Span };
  };
  greylist?: { wait: Span; passFor?: Span };
  replies: Partial<Record<Situation, SituationReply>>;
  /** Rules of its own, after the scenario's (`flaky` has probabilities here). */
  rules?: Rule[];
};

/** How often something answered; `lastAt` in the stream's time. */
export type RuleHits = {
  id: string;
  /** `magic` rows appear once they were used. */
  from: 'rule' | 'magic' | 'persona';
  hits: number;
  lastAt: string | null;
  /** What is left of `times`; null when it has no end. */
  left: number | null;
};

