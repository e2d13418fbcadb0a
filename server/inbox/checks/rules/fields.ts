/** Header fields: those that have to be there are, once each (RFC 5322 §3.6), and can be read. */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import type { Matter, Rule, Said, Verdict } from '../matter.ts';
import { count, short, worst } from '../matter.ts';

const ONCE = ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'message-id', 'in-reply-to', 'references', 'subject', 'date', 'mime-version', 'content-type', 'content-transfer-encoding'];
/** Milliseconds: clocks and time zones differ by less. */
const FAR = 26 * 3_600_000;

export const fields: Rule = {
  id: 'fields',
  title: 'Header fields',
  check(matter): Said {
    const { header, field, parsed, receivedAt } = matter;
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const say = (verdict: Verdict, text: string) => {
      verdicts.push(verdict);
      details.push({ text });
    };
    const names = new Map<string, number>();
    for (const { name } of parsed.headers) names.set(name.toLowerCase(), (names.get(name.toLowerCase()) ?? 0) + 1);
    for (const name of ONCE) if ((names.get(name) ?? 0) > 1) say('fail', `${nice(name)} is there ${names.get(name)} times; RFC 5322 §3.6 allows one`);

    if (!names.has('from')) say('fail', 'From is missing (RFC 5322 §3.6.2)');
    else if (!header.from.some(({ address }) => /^[^@\s]+@[^@\s]+$|^".*"@\S+$/.test(address))) say('fail', `From holds no address: ${short(field('from')[0]!)}`);
    if (!names.has('date')) say('fail', 'Date is missing (RFC 5322 §3.6.1); providers count that against a message');
    else if (header.date === undefined) say('fail', `Date cannot be read: ${short(field('date')[0]!)}`);
    else if (Math.abs(header.date - receivedAt) > FAR) say('warn', `Date is more than a day away from when the message came (${new Date(header.date).toISOString()})`);
    messageId(matter, say);
    if (!['to', 'cc', 'bcc'].some((name) => names.has(name))) say('warn', 'There is neither To nor Cc: it looks like mail that nobody was meant to get');
    else for (const name of ['to', 'cc'] as const) if (names.has(name) && header[name].length === 0) say('warn', `${nice(name)} is there but names nobody`);
    if (names.has('bcc')) say('warn', 'There is a Bcc field: unless a relay takes it out, every recipient can read it');
    if (names.has('return-path')) say('info', 'There is a Return-Path field; only the last server may write it (RFC 5321 §4.4)');
    if (names.has('content-type') && !names.has('mime-version')) say('warn', 'MIME-Version is missing although there is a Content-Type (RFC 2045 §4)');

    const verdict = worst(verdicts);
    return {
      verdict, details,
      summary: verdict === 'pass' || verdict === 'info' ? 'From, Date, Message-ID and a recipient are there, once each.' : `${count(verdicts.filter((one) => one !== 'info').length, 'thing')} ${verdicts.filter((one) => one !== 'info').length === 1 ? 'is' : 'are'} wrong with the header fields.`,
    };
  },
};

function messageId({ field }: Matter, say: (verdict: Verdict, text: string) => void): void {
  const [written] = field('message-id');
  if (written === undefined) {
    say('warn', 'Message-ID is missing; each relay would add one of its own, and replies and duplicates cannot be told (RFC 5322 §3.6.4)');
    return;
  }
  const id = /^<([^<>\s]+)>$/.exec(written.trim())?.[1];
  if (id === undefined || !/^[^@]+@[^@]+$/.test(id)) say('warn', `Message-ID is not of the form <unique@domain> (RFC 5322 §3.6.4): ${short(written)}`);
  else if (/@(localhost|localhost\.localdomain|\[?127\.|[^@]*\.local)$/i.test(id)) say('warn', `Message-ID names this machine instead of a domain: ${short(written)}`);
}

const nice = (name: string): string => name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase()).replace('Message-Id', 'Message-ID').replace('Mime-', 'MIME-');
