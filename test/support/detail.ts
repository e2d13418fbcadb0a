/** A message detail as the API says it, for the tests of the SDK's pure parts. */
import type { MessageDetail } from '../../sdk/contract.ts';

export const detail = (facts: Partial<MessageDetail> = {}): MessageDetail => ({
  id: '01KAJQ00000000000000000001', cursor: 'm1', stream: 'default', via: 'smtp', receivedAt: '2026-01-31T10:00:00.000Z', size: 300,
  subject: 'Reset your password', from: [{ name: 'Shop', address: 'shop@app.test' }], to: [{ name: '', address: 'ann@shop.test' }], cc: [], replyTo: [],
  messageId: 'x@app.test', date: null, tags: [], read: false, parse: 'done', attachments: 0, snippet: 'Hello Ann', metadata: {},
  envelope: { from: 'shop@app.test', to: ['ann@shop.test'], recipients: [], ret: null, envid: null, body: null, smtputf8: false, requireTls: false, bcc: [] },
  session: { id: 's', protocol: 'smtp', client: { address: '127.0.0.1', port: 1 }, hello: null, tls: null, login: null, transcript: [], times: { opened: '', mail: null, data: null, received: '' } },
  headers: [{ name: 'Received', value: 'one' }, { name: 'received', value: 'two' }, { name: 'X-Campaign', value: 'spring' }],
  text: 'Hello Ann,\nfollow the link.', html: null, truncated: false, structure: null, files: [], links: [], codes: [],
  delivery: null,
  listUnsubscribe: null, calendar: [], warnings: [], parseError: null, ...facts,
});
