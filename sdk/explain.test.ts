import { expect, test } from 'vitest';
import { tellTimeout, tellUnexpected } from './explain.ts';

const where = { smtp: '127.0.0.1:1025', address: 'ann@shop.test' };
const beside = { after: false, unread: new Set<string>() };
const facts = { criteria: ['inbox ann@shop.test', 'subject "Reset"'], waited: 10_000, found: 0, wanted: 1, arrived: [], arrivedInAll: 0 };
const miss = (subject: string, ...fields: string[]) => ({ id: 'ID', subject, from: 'shop@app.test', to: ['ann@shop.test'], receivedAt: '', differs: fields.map((field) => ({ field, wanted: '"Reset"', got: subject })) });

test('a wait that saw nothing says where the application should send', () => {
  const text = tellTimeout(facts, where, beside);
  expect(text).toContain('No message matched within 10 s.');
  expect(text).toContain('  subject "Reset"');
  expect(text).toContain('Nothing arrived.');
  expect(text).toContain('send to 127.0.0.1:1025, to ann@shop.test');
});

test('a wait that saw others shows how the nearest differs and what to change', () => {
  const text = tellTimeout({ ...facts, arrived: [miss('Rest your password', 'subject'), miss('News', 'subject', 'from')], arrivedInAll: 7 }, where, beside);
  expect(text).toContain('7 other messages arrived, the nearest first:');
  expect(text).toMatch(/"Rest your password" from shop@app\.test to ann@shop\.test \(ID\)\n {6}subject: wanted "Reset"\n {6} +got Rest your password/);
  expect(text).toContain('… and 5 more');
  expect(text).toContain('change `subject` in the test');
});

test('mail in another stream: the login is what to change', () => {
  const [nearest] = [miss('Invoice')];
  const text = tellTimeout({ ...facts, arrived: [{ ...nearest!, differs: [{ field: 'stream', wanted: 'billing', got: 'default' }] }], arrivedInAll: 1 }, where, beside);
  expect(text).toMatch(/stream: wanted billing\n +got default/);
  expect(text).toContain('The nearest is in the stream default, not billing. The login chooses the stream: give the application the user name "billing"');
  expect(text).not.toContain('Only stream differs');
});

test('a wait for several says how many came', () => {
  expect(tellTimeout({ ...facts, found: 1, wanted: 2 }, where, beside)).toMatch(/^1 of 2 messages matched[^]*Nothing else arrived\.[^]*Are there really 2\?/);
});

test('a wait that looked after a mark says so, and one that the runner cut says that', () => {
  expect(tellTimeout(facts, { ...where, cutBy: 'This wait was to take 1 min.' }, { ...beside, after: true })).toMatch(/This wait was to take 1 min\.[^]*What came before `after` is not looked at\./);
});

test('unexpected mail is shown, with the way to look only at what is new', () => {
  const text = tellUnexpected([], [{ id: 'ID', subject: 'Oops', receivedAt: '2026-01-31T10:00:00.000Z', envelope: { from: '', to: ['ann@shop.test'] } }]);
  expect(text).toMatch(/^Expected no mail, but one message came\.\nMust not come:\n {2}any message\nCame:\n {2}"Oops" from <> to ann@shop\.test at 2026/);
  expect(text).toContain('inbox.mark()');
});

test('what was not looked at is not said to be alike', () => {
  const text = tellTimeout({ ...facts, arrived: [miss('Rest', 'subject')], arrivedInAll: 1 }, where, { ...beside, unread: new Set(['ID']) });
  expect(text).not.toContain('Only');
  expect(text).toContain('subject differs in the nearest, whose body and header were not looked at');
});

test('a name or a part where a whole address is compared is told as such', () => {
  const text = (wanted: string, field = 'from') => tellTimeout({ ...facts, arrived: [{ ...miss('x'), differs: [{ field, wanted, got: 'a@b.test' }] }], arrivedInAll: 1 }, where, beside);
  expect(text('Shop')).toContain("`from` is compared with the whole address, and never with the name beside it: `*` stands for any characters (from: '*@shop.test')");
  expect(text('"@b.com"', 'to')).toContain("(to: '*@b.com')");
  expect(text('Shop <shop@app.test>')).toContain("(from: 'shop@app.test')");
  for (const whole of ['x@b.test', '*@c.test', '/shop/', '<>', '<root>']) expect(text(whole)).not.toContain('whole address');
});
