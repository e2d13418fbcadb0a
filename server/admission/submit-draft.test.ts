import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeMime } from './submit-compose.ts';
import { type Draft, judgeDraft } from './submit-draft.ts';

const LIMITS = { recipients: 100 };
const judge = (draft: Partial<Draft>) => judgeDraft({ from: 'ann@a.test', to: 'bob@b.test', ...draft }, LIMITS);
const faults = (draft: Partial<Draft>) => {
  const verdict = judge(draft);
  return 'faults' in verdict ? verdict.faults.map(({ path }) => path) : [];
};
const judged = (draft: Partial<Draft>) => {
  const verdict = judge(draft);
  if ('faults' in verdict) throw new Error(JSON.stringify(verdict.faults));
  return verdict.judged;
};
const compose = async (draft: Partial<Draft>) =>
  Buffer.concat(await composeMime(judged(draft), { date: Date.UTC(2026, 0, 2), messageId: 'id@a.test' })).toString('latin1');

test('the envelope is for everyone in To, Cc and Bcc, each once', () => {
  const { sender, recipients } = judged({ to: ['Bob <bob@b.test>', { address: 'BOB@B.test' }], cc: 'carl@c.test, dora@d.test', bcc: 'eve@e.test' });
  expect(sender).toBe('ann@a.test');
  expect(recipients.map(({ address }) => address)).toEqual(['bob@b.test', 'carl@c.test', 'dora@d.test', 'eve@e.test']);
});

test('a given envelope wins over the headers', () => {
  const { sender, recipients } = judged({ envelope: { from: '', to: ['x@y.test'] } });
  expect(sender).toBe('');
  expect(recipients).toEqual([{ address: 'x@y.test' }]);
});

test('Bcc is in the envelope and not in the bytes', async () => {
  const mime = await compose({ bcc: 'secret@hidden.test', subject: 'Hi', text: 'text' });
  expect(mime).not.toContain('secret@hidden.test');
  expect(mime).toContain('Subject: Hi\r\n');
});

test('a line break in an address, a name, a subject, a header or a file name is refused', () => {
  const evil = 'x\r\nBcc: evil@e.test';
  expect(faults({ from: evil })).toContain('from');
  expect(faults({ from: { name: evil, address: 'ann@a.test' } })).toEqual(['from.name']);
  expect(faults({ to: [{ address: `bob@b.test\r\nRCPT TO:<evil@e.test>` }] })).toContain('to.0.address');
  expect(faults({ subject: evil })).toEqual(['subject']);
  expect(faults({ headers: { 'X-A': evil } })).toEqual(['headers.X-A']);
  expect(faults({ headers: { 'X-A: b\r\nBcc': 'e@e.test' } })).toHaveLength(1);
  expect(faults({ attachments: [{ filename: evil, content: '' }] })).toEqual(['attachments.0.filename']);
  expect(faults({ attachments: [{ content: '', type: 'text/plain\r\nX: y' }] })).toEqual(['attachments.0.type']);
  expect(faults({ attachments: [{ content: '', cid: 'a>\r\nX: y' }] })).toEqual(['attachments.0.cid']);
  expect(faults({ envelope: { to: ['a@b.test\r\nDATA'] } })).toContain('envelope.to.0');
});

test('a header that a field owns is refused, not overridden', () => {
  const verdict = judge({ headers: { Subject: 'other', 'Content-Type': 'text/html', 'message-id': ['<a@b>', '<c@d>'] } });
  expect('faults' in verdict && verdict.faults).toEqual([
    { path: 'headers.Subject', message: 'is written from subject: set that instead' },
    { path: 'headers.Content-Type', message: 'is written from text, html and attachments: set that instead' },
    { path: 'headers.message-id', message: 'can be given once only' },
  ]);
});

test('custom headers are written, Date and Message-ID among them', async () => {
  const mime = await compose({ headers: { 'X-Run': ['1', '2'], 'Message-ID': '<mine@a.test>', Date: 'Thu, 01 Jan 2026 00:00:00 +0000' } });
  expect(mime.match(/^X-Run: \d/gm)).toEqual(['X-Run: 1', 'X-Run: 2']);
  expect(mime.match(/^Message-ID:.*$/gim)).toEqual(['Message-ID: <mine@a.test>\r'].map((line) => expect.stringContaining(line.trim())));
  expect(mime.match(/^Date:/gm)).toHaveLength(1);
});

test('the date of a message is that of the clock', async () => {
  expect(await compose({})).toContain('Date: Fri, 02 Jan 2026 00:00:00 +0000');
});

test('an inline image with a cid is related to the HTML', async () => {
  const mime = await compose({ html: '<img src="cid:logo">', attachments: [{ filename: 'l.png', content: 'AAAA', cid: 'logo' }] });
  expect(mime).toMatch(/multipart\/related/);
  expect(mime).toMatch(/Content-Id: <logo>/i);
  expect(mime).toMatch(/Content-Disposition: inline/);
});

test('what is not base64 is refused rather than cut', () => {
  for (const content of ['a', 'ab!d', 'YWJj=', 'YQ=', 'Y===', 'YW-_', 'é']) expect(faults({ attachments: [{ content }] })).toEqual(['attachments.0.content']);
  for (const content of ['', 'YQ', 'YQ==', 'YW\nJj']) expect(faults({ attachments: [{ content }] })).toEqual([]);
});

test('a path or URL in place of content is text of a name, never read', async () => {
  const mime = await compose({ attachments: [{ filename: '/etc/passwd', content: 'YQ==' }], html: '<img src="file:///etc/passwd">' });
  expect(mime).not.toContain('root:');
});

test('nothing that a client writes adds a header line', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  await fc.assert(fc.asyncProperty(text, text, text, async (name, subject, value) => {
    const verdict = judge({ from: { name, address: 'ann@a.test' }, subject, headers: { 'X-Value': value }, text: '' });
    if ('faults' in verdict) return;
    const mime = Buffer.concat(await composeMime(verdict.judged, { date: 0, messageId: 'id@a.test' })).toString('latin1');
    const names = mime.slice(0, mime.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/).map((line) => line.split(':')[0]!.toLowerCase());
    for (const one of names) expect(['from', 'to', 'subject', 'x-value', 'message-id', 'date', 'mime-version', 'content-type', 'content-transfer-encoding']).toContain(one);
  }), { numRuns: 60 });
});
