import { expect, test } from 'vitest';
import type { MessageDetail } from '../../sdk/contract.ts';
import { envelopeView } from './envelope.ts';

const box = (address: string) => ({ name: '', address });
function message(more: { from?: string; mailFrom?: string; rcpt?: string[]; to?: string[]; cc?: string[]; replyTo?: string; headers?: [string, string][] }): MessageDetail {
  const { from = 'ann@shop.test', mailFrom = from, rcpt = ['b@x.test'], to = ['b@x.test'], cc = [], replyTo, headers = [] } = more;
  return {
    from: from ? [box(from)] : [], to: to.map(box), cc: cc.map(box), replyTo: replyTo ? [box(replyTo)] : [], headers: headers.map(([name, value]) => ({ name, value })),
    envelope: { from: mailFrom, to: rcpt, recipients: rcpt.map((address) => ({ address, notify: null, orcpt: null })) },
  } as unknown as MessageDetail;
}

test('each recipient is named by where it stands, and a hidden one as Bcc', () => {
  const view = envelopeView(message({ rcpt: ['B@x.test', 'c@x.test', 'd@x.test'], to: ['b@x.test'], cc: ['c@x.test', 'e@x.test'] }));
  expect(view.recipients.map(({ where }) => where)).toEqual(['To', 'Cc', 'Bcc']);
  expect(view.unaddressed).toEqual([{ address: 'e@x.test', where: 'Cc' }]);
});

test('a sender that differs is marked, and how', () => {
  const remarks = (one: MessageDetail) => Object.fromEntries(envelopeView(one).senders.map(({ name, remark }) => [name, remark]));
  expect(remarks(message({}))).toEqual({ 'MAIL FROM': null, From: null });
  expect(remarks(message({ mailFrom: 'bounce@shop.test', replyTo: 'help@desk.test' }))).toEqual({ 'MAIL FROM': 'differs from From', From: null, 'Reply-To': 'another domain than From' });
  expect(remarks(message({ mailFrom: '' }))['MAIL FROM']).toMatch(/null sender/);
  expect(remarks(message({ from: '', mailFrom: 'x@y.test' })).From).toMatch(/must have one/);
  expect(remarks(message({ headers: [['Return-Path', '<other@shop.test>'], ['Sender', 'List <list@lists.test>']] }))).toMatchObject({ 'Return-Path': 'differs from MAIL FROM', Sender: 'another domain than From' });
});
