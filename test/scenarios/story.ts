/**
 * A story of the simulator, as data: what is sent, what the remote side says,
 * and all that became of it. The test plays it on the real thing and asserts
 * the whole of it; the page in docs/simulator tells it.
 */
import type { DeliveryPolicyInput, RecipientState, Scenario } from '../../sdk/contract.ts';

export const GROUPS = {
  replies: 'Replies at every stage',
  classes: 'Situations, and what they are taken for',
  providers: "Providers' manners",
  faults: 'Connections that break',
  dns: 'DNS',
  tls: 'TLS',
  time: 'Time and counting',
  afterwards: 'What comes afterwards',
  aliases: 'Addresses known from elsewhere',
  rules: 'Rules of a scenario',
} as const;
export type Group = keyof typeof GROUPS;

export type Letter = {
  to: string | string[];
  /** Of the envelope and the header; default `shop@app.test`. `''` is the null sender. */
  from?: string;
  subject?: string;
  tags?: string[];
  headers?: Record<string, string>;
  /** Octets of its text, at least. */
  size?: number;
  /** How long after the letter before. */
  wait?: string;
};

/**
 * `+1m  rcpt 450 4.2.0  greylisted  deferred`: when since acceptance, what was
 * said at which stage, what that was taken for, what became of it; and
 * `took 5m` where the attempt itself took time, `encrypted` or `in clear` where
 * the story is about TLS.
 */
export type Line = string;

export type Story = {
  /** Unique; the anchor on its page. That of a row of the magic table is its row's. */
  id: string;
  group: Group;
  /** Rows of the vocabulary (see vocabulary.ts) that it tells of, beside its own id. */
  shows?: string[];
  /** A sentence. */
  title: string;
  /** What real servers do, and what an application should do. */
  why: string;
  mail: Letter[];
  /** All of it is there before the first attempt. */
  together?: true;
  scenario?: Scenario;
  delivery?: DeliveryPolicyInput;
  /** How far time is moved in the end; `idle` when absent. */
  advance?: string;
  expect: {
    tally: Partial<Record<RecipientState, number>>;
    /** Of the only recipient; or by address, of the only message or with `#2` for the second letter. */
    history: Line[] | Record<string, Line[]>;
    /** What came back: `+30s  bounce  ann@site.test  invalid_recipient`. */
    returns?: string[];
    /** `ann@site.test  hard_bounce` */
    suppressed?: string[];
    /** What Postern told the sender itself: by subject, of how many recipients. */
    notices?: Record<string, number>;
    /** Letters that were not even taken, by their place: what the application heard. */
    refused?: Record<number, string>;
  };
};

export const SENDER = 'shop@app.test';
export const SUBJECT = 'Your order';

export const streamOf = ({ id }: Story): string => `story-${id}`;

/** 90 000 → `1m30s`. */
export function span(ms: number): string {
  let rest = Math.round(ms / 1_000);
  let text = '';
  for (const [unit, seconds] of [['d', 86_400], ['h', 3_600], ['m', 60], ['s', 1]] as const) {
    const n = Math.floor(rest / seconds);
    rest -= n * seconds;
    if (n > 0) text += `${n}${unit}`;
  }
  return text === '' ? '0s' : text;
}

export type Told = { at: string; said: string; class: string; outcome: string; beside: string };

export function readLine(line: Line): Told {
  const [at = '', said = '', verdict = '', outcome = '', ...beside] = line.split(/ {2,}/);
  return { at, said, class: verdict, outcome, beside: beside.join(', ') };
}
