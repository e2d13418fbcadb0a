/**
 * What the client said in SMTP beside what the header says, with what differs
 * marked: that is where Bcc recipients, bounce addresses and mailing lists
 * show. A difference is not an error. Pure.
 */
import type { MessageDetail } from '../../sdk/contract.ts';
import { mailboxText } from './format.ts';

export type RecipientRow = { address: string; where: 'To' | 'Cc' | 'Bcc'; notify: string[] | null; orcpt: string | null };
export type EnvelopeView = {
  recipients: RecipientRow[];
  /** Named in To or Cc, but the message was not for them. */
  unaddressed: { address: string; where: 'To' | 'Cc' }[];
  /** Sender lines: what, value, and a remark when it differs from From. */
  senders: { name: string; value: string; remark: string | null }[];
};

const key = (address: string): string => address.trim().toLowerCase();
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

export function envelopeView(message: MessageDetail): EnvelopeView {
  const { envelope, to, cc, from, replyTo, headers } = message;
  const inTo = new Set(to.map(({ address }) => key(address)));
  const inCc = new Set(cc.map(({ address }) => key(address)));
  const meant = new Set(envelope.to.map(key));
  const recipients = envelope.recipients.map(({ address, notify, orcpt }): RecipientRow => ({
    address, notify, orcpt,
    where: inTo.has(key(address)) ? 'To' : inCc.has(key(address)) ? 'Cc' : 'Bcc',
  }));
  const unaddressed = [
    ...to.map(({ address }) => ({ address, where: 'To' as const })),
    ...cc.map(({ address }) => ({ address, where: 'Cc' as const })),
  ].filter(({ address }) => address !== '' && !meant.has(key(address)));

  const author = from[0]?.address ?? '';
  const against = (address: string): string | null => {
    if (address === '' || author === '' || key(address) === key(author)) return null;
    return domainOf(address) === domainOf(author) ? 'differs from From' : 'another domain than From';
  };
  const fields = (name: string) => headers.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
  const senders: EnvelopeView['senders'] = [
    { name: 'MAIL FROM', value: envelope.from || '<>', remark: envelope.from === '' ? 'the null sender: a bounce or an automatic answer' : against(envelope.from) },
    { name: 'From', value: from.map(mailboxText).join(', ') || '(none)', remark: from.length === 0 ? 'every message must have one' : from.length > 1 ? 'more than one author' : null },
    ...fields('sender').map((value) => ({ name: 'Sender', value, remark: against(addressIn(value)) })),
    ...(replyTo.length > 0 ? [{ name: 'Reply-To', value: replyTo.map(mailboxText).join(', '), remark: against(replyTo[0]!.address) }] : []),
    ...fields('return-path').map((value) => ({ name: 'Return-Path', value, remark: key(addressIn(value)) === key(envelope.from) ? null : 'differs from MAIL FROM' })),
  ];
  return { recipients, unaddressed, senders };
}

const addressIn = (value: string): string => (/<([^<>]*)>/.exec(value)?.[1] ?? value).trim();
