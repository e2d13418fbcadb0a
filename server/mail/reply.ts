/**
 * What a transport reports of one recipient: a reply (what a server said) or
 * a fault (why no server was heard). Facts only: whether it means "gone" or
 * "later" is judged by classify/, never here.
 */
import { type EnhancedStatus, findEnhanced } from './enhanced-status.ts';

export const STAGES = ['resolve', 'connect', 'greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'body'] as const;
export type Stage = (typeof STAGES)[number];

/** A stage as somebody names it: ours, the SMTP verb, or `eod`; undefined when it says nothing of a stage (QUIT). */
export function readStage(name: string): Stage | undefined {
  const said = name.trim().toLowerCase();
  return STAGES.find((stage) => stage === said) ?? OTHER_NAMES[said];
}

const OTHER_NAMES: Record<string, Stage | undefined> = { dns: 'resolve', conn: 'connect', banner: 'greeting', helo: 'ehlo', lhlo: 'ehlo', tls: 'starttls', 'mail from': 'mail', 'rcpt to': 'rcpt', eod: 'body', dot: 'body', 'end of data': 'body', message: 'body' };

export type Reply = {
  kind: 'reply';
  /** Absent in a pasted reply or in a bounce that does not say. */
  stage?: Stage;
  /** Absent where only a text is known, as in many bounces. */
  code?: number;
  enhanced?: EnhancedStatus;
  /** Lines joined by LF, without codes. */
  text: string;
  /** The host that said it, where known. */
  host?: string;
};

/** Structured, so that no text has to be understood. */
export const FAULTS = ['nxdomain', 'null-mx', 'no-mx', 'dns-error', 'refused', 'unreachable', 'timeout', 'disconnect', 'tls', 'malformed-reply', 'loop', 'expired', 'suppressed', 'size', 'auth'] as const;
export type Fault = {
  kind: 'fault';
  stage: Stage;
  fault: (typeof FAULTS)[number];
  /** A sentence for people. */
  detail: string;
  host?: string;
};

export type Answer = Reply | Fault;

/** Characters of a pasted reply that are kept: its beginning and its end. */
const KEPT = 16_384;

// One line of a reply (RFC 5321 §4.2): code, then a space or hyphen, or nothing more.
const LINE = /^\s*([2-5]\d\d)(?:[ \t-]|$)/;
const STATUS = /^[ \t]*#?([245]\.\d{1,3}\.\d{1,3})(?![\d.])[ \t:]*/;

/** Why another server would not, in a text of the one that tried: what it took before is no answer. */
const QUOTED = /\b(?:said|smtp|diagnostic|command|answered|responded|replied|response)[:;] {0,3}([45]\d\d)(?=[ -])/i;

/**
 * Reads a reply as somebody would paste it: several lines, codes on each line
 * or on none. Never throws; what is not understood stays text.
 */
export function parseReply(text: string, known: { code?: number; enhanced?: string; stage?: Stage; host?: string } = {}): Reply {
  let code = known.code;
  let enhanced = known.enhanced === undefined ? undefined : findEnhanced(known.enhanced);
  const lines: string[] = [];
  const kept = text.length > KEPT ? `${text.slice(0, KEPT - 2_048)}\n${text.slice(-2_048)}` : text;
  for (const line of kept.split(/\r?\n/)) {
    let rest = line;
    const coded = LINE.exec(rest);
    if (coded && (code === undefined || Number(coded[1]) === code)) {
      code ??= Number(coded[1]);
      rest = rest.slice(coded[0].length);
    }
    const status = STATUS.exec(rest);
    if (status) {
      enhanced ??= findEnhanced(status[1]!);
      rest = rest.slice(status[0].length);
    }
    lines.push(rest.trim());
  }
  const joined = lines.join('\n').trim();
  // Elsewhere in the text: `(#5.1.1)`, `SMTP; 550 5.7.1 …`, `host mx.example.com said: 550 5.1.1 …`.
  enhanced ??= findEnhanced(joined);
  const quoted = code === undefined ? QUOTED.exec(joined) : null;
  if (quoted) code = Number(quoted[1]);
  return {
    kind: 'reply', text: joined,
    ...(known.stage === undefined ? {} : { stage: known.stage }),
    ...(code === undefined ? {} : { code }),
    ...(enhanced === undefined ? {} : { enhanced }),
    ...(known.host === undefined ? {} : { host: known.host }),
  };
}
