/**
 * Why a recipient waits, in one sentence: the first reason that holds, and
 * until when as far as it is known. Pure; times are of the recipient's own
 * clock, but what is said of a site or stream, which is of the stream's.
 */
import { addressKey } from '../mail/address.ts';
import type { Recipient } from '../mail/recipient.ts';
import type { Suppression } from '../mail/suppression.ts';
import { isoOf } from '../units.ts';
import type { Holdup } from './holdup.ts';
import type { Explanation } from './queue.ts';
import type { Gate, SitePause } from './site.ts';
import { textOf } from './words.ts';

export type ExplainFacts = {
  recipient: Recipient;
  now: number;
  /** What holds up all of its stream, of the stream's clock. */
  holdup: Holdup | undefined;
  /** Null while nobody has found out where it goes. */
  site: { name: string; pause: SitePause | null; gate: Gate; open: number; most: number } | null;
};

export function explain({ recipient, now, holdup, site }: ExplainFacts): Explanation {
  const { state, offset } = recipient;
  const said = (reason: Explanation['reason'], text: string, until: number | null = null): Explanation => ({ state, reason, text, until });
  const where = site?.name ?? recipient.destination;
  /** Of the stream's clock, in the recipient's. */
  const own = (at: number | null) => (at === null ? null : at + offset);

  switch (state) {
    case 'delivered': return said('done', `Delivered${recipient.last ? ` at ${clockTime(recipient.last.at, now)}: ${textOf(recipient.last.answer)}` : ''}.`);
    case 'bounced': return said('done', `Bounced: ${lastOf(recipient)}.`);
    case 'expired': return said('done', `Expired at ${clockTime(recipient.expiresAt, now)} after ${count(recipient.attempts, 'attempt')}${recipient.last ? `; the last answer was ${lastOf(recipient)}` : ''}.`);
    case 'suppressed': return said('done', 'Not sent: the address is suppressed.');
    case 'cancelled': return said('done', 'Cancelled by a person.');
    case 'active': return said('active', `Attempt ${recipient.attempts + 1} is under way at ${where}.`);
    case 'held': return said('held', `${recipient.held && recipient.held.reason !== 'person' ? recipient.held.text.replace(/\.?$/, ';') : 'Held by a person;'} it expires at ${clockTime(recipient.expiresAt, now)} (${distance(recipient.expiresAt - now)}).`, recipient.expiresAt);
    case 'queued': case 'deferred': break;
  }
  const due = recipient.due ?? now;
  const isDue = due <= now;
  const before = state === 'deferred' && recipient.last ? `Deferred by ${recipient.last.answer.host ?? where}: ${lastOf(recipient)}; ` : '';
  const sentence = (text: string) => (before === '' ? text[0]!.toUpperCase() + text.slice(1) : before + text);

  if (holdup) {
    const until = own(holdup.until);
    const when = until === null ? '' : ` until ${clockTime(until, now)} (${distance(until - now)})`;
    if (holdup.reason === 'stream-paused') return said('stream-paused', sentence(`the stream is paused${when}: ${holdup.text}.`), until);
    return said(holdup.reason, sentence(`${holdup.text[0]!.toLowerCase()}${holdup.text.slice(1)}${when && `; it waits${when}`}.`), until);
  }
  if (isDue && site && !site.gate.open) {
    const until = own(site.gate.until);
    const when = until === null ? '' : ` until ${clockTime(until, now)} (${distance(until - now)})`;
    switch (site.gate.why) {
      case 'paused': return said('site-paused', sentence(`the site ${where} is paused${when}: ${site.pause?.reason ?? 'no reason given'}.`), until);
      case 'rate': return said('site-rate', sentence(`the site ${where} has had what its rate allows${until === null ? '' : `; it goes on at ${clockTime(until, now)} (${distance(until - now)})`}.`), until);
      case 'connections': return said('site-connections', sentence(`all ${count(site.most, 'connection')} that ${where} is given ${site.most === 1 ? 'is' : 'are'} in use.`));
    }
  }
  if (isDue) return said(recipient.attempts === 0 ? 'due' : 'busy', sentence('it is due and goes as soon as its turn comes.'), due);
  if (due >= recipient.expiresAt) return said('retry', sentence(`it expires at ${clockTime(due, now)} (${distance(due - now)}) without another try.`), due);
  const pause = site?.pause && (site.pause.until === null || own(site.pause.until)! > due) ? site.pause : undefined;
  if (pause) {
    const until = own(pause.until);
    const next = `${ordinal(recipient.attempts + 1)} try due at ${clockTime(due, now)} (${distance(due - now)})`;
    return said('site-paused', sentence(`${next}, but the site ${where} is paused${until === null ? '' : ` until ${clockTime(until, now)} (${distance(until - now)})`}: ${pause.reason}.`), until);
  }
  if (state === 'queued') return said('scheduled', `To be sent at ${clockTime(due, now)} (${distance(due - now)}).`, due);
  return said('retry', sentence(`${ordinal(recipient.attempts + 1)} try at ${clockTime(due, now)} (${distance(due - now)}).`), due);
}

/** Why a suppressed recipient was not sent: by what stands against its address; undefined when nothing does any more. */
export function explainSuppressed({ address }: Pick<Recipient, 'address'>, standing: Suppression | undefined): string {
  if (!standing) return 'Not sent: the address was suppressed when its turn came. It is no longer; the event recipient.suppressed says what it was.';
  const { address: entry, stream, mode, reason, detail, createdAt, expiresAt } = standing;
  const who = entry === addressKey(address) ? 'the address is suppressed' : `all of ${entry} is suppressed`;
  return `Not sent: ${who} (${entry}, ${stream === null ? 'every stream' : `stream ${stream}`}${mode === null ? '' : `, ${mode === 'deliver' ? 'real' : 'simulated'} mail`}, since ${isoOf(createdAt)}${expiresAt === null ? '' : `, until ${isoOf(expiresAt)}`}): ${reason}${detail === '' ? '' : `, ${detail.replace(/\.$/, '')}`}.`;
}

const lastOf = ({ last }: Recipient): string => (last ? textOf(last.answer).replace(/\.$/, '') : 'nothing was said');
const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
function ordinal(n: number): string {
  const word = ORDINALS[n - 1];
  if (word) return word;
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}

/** UTC; the day as well when it is another one. */
function clockTime(at: number, now: number): string {
  const text = isoOf(at);
  return text.slice(0, 10) === isoOf(now).slice(0, 10) ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

function distance(ms: number): string {
  if (ms <= 0) return 'now';
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 100) return `in ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `in ${minutes} min`;
  const hours = Math.round(minutes / 6) / 10;
  return hours < 48 ? `in ${hours} h` : `in ${Math.round(hours / 24)} days`;
}
