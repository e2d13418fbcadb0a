/**
 * Whether the addresses of the sender belong together: From (the author that
 * readers see), the envelope sender (the later Return-Path, which SPF looks
 * at), Reply-To and Sender. DMARC compares organisational domains (RFC 7489
 * §3.1); which ones those are the public suffix list says, without DNS.
 */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import { splitAddress } from '../../../mail/address.ts';
import { parseMailboxes } from '../../../mail/header.ts';
import type { Rule, Said, Verdict } from '../matter.ts';
import { short, worst } from '../matter.ts';

const FREE = new Set('gmail.com googlemail.com yahoo.com outlook.com hotmail.com live.com aol.com icloud.com me.com gmx.de gmx.net web.de proton.me protonmail.com mail.ru yandex.ru qq.com 163.com'.split(' '));

export const alignment: Rule = {
  id: 'alignment',
  title: 'Sender alignment',
  check({ header, envelope, field, organisation }): Said | undefined {
    const authors = [...new Set(header.from.map(({ address }) => organisation(splitAddress(address).domain)).filter(Boolean))];
    if (authors.length === 0) return undefined; // check "fields" says so
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const say = (verdict: Verdict, text: string) => {
      verdicts.push(verdict);
      details.push({ text });
    };
    if (authors.length > 1) say('fail', `From names authors of different domains (${authors.slice(0, 5).join(', ')}); DMARC then has none to judge by (RFC 7489 §6.6.1)`);
    const home = authors[0]!;

    const bounce = organisation(splitAddress(envelope.from).domain);
    if (envelope.from === '') {
      const automatic = field('auto-submitted').some((value) => !/^no\b/i.test(value)) || /^(multipart\/report|message\/)/i.test(field('content-type')[0] ?? '');
      say(automatic ? 'info' : 'warn', automatic ? 'The envelope sender is empty, as it is for notifications' : 'The envelope sender is empty (<>), which is for bounces and automatic replies (RFC 5321 §4.5.5): nobody hears when it cannot be delivered');
    } else if (bounce !== home) {
      say('warn', `The envelope sender is of ${bounce || 'no domain'}, From of ${home}: SPF cannot align, so DMARC depends on DKIM alone`);
    }
    for (const { address } of header.replyTo) {
      const domain = organisation(splitAddress(address).domain);
      if (domain === '') say('fail', `Reply-To holds no address: ${short(address)}`);
      else if (domain !== home) say(FREE.has(domain) ? 'warn' : 'info', `Replies go to ${domain}, not ${home}${FREE.has(domain) ? ': a free mailbox as Reply-To is what phishing does' : ''}`);
    }
    const sender = parseMailboxes(field('sender')[0] ?? '')[0];
    if (sender && organisation(splitAddress(sender.address).domain) !== home) say('info', `Sender is ${short(sender.address)}: some clients show it as "on behalf of"`);
    for (const { name, address } of header.from) {
      const inside = /[\w.+-]{1,64}@([\w-]{1,63}\.[\w.-]{1,190})/.exec(name.slice(0, 500))?.[1];
      if (inside !== undefined && organisation(inside) !== organisation(splitAddress(address).domain)) say('warn', `The name in From holds another address (${short(name)}): filters take that for phishing`);
    }
    if (FREE.has(home)) say('warn', `From is of ${home}: only its owner may send for it, others fail DMARC`);
    if (/^(no-?reply|do-?not-?reply)@/i.test(header.from[0]!.address) && header.replyTo.length === 0) say('info', 'From is a no-reply address and there is no Reply-To');

    const verdict = worst(verdicts);
    return {
      verdict, details,
      summary: verdict === 'pass' ? `From and the envelope sender belong together (${home}).` : verdict === 'info' ? `From and what DMARC looks at belong together (${home}); there is something to note.` : 'Not all addresses of the sender belong together.',
    };
  },
};
