import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALIASES } from './magic-aliases.ts';
import { MAGIC } from './magic-table.ts';
import { magicOf, meaningOf, nearMagic } from './magic.ts';
import { PERSONAS } from './personas/index.ts';

const isPersona = (name: string) => PERSONAS.some((one) => one.name === name);
const magic = (address: string) => magicOf(address, isPersona);
const said = (address: string) => {
  const speech = magic(address)?.act?.speech;
  return speech && 'said' in speech ? speech.said : undefined;
};

test.each(MAGIC)('$form: its example is magic', ({ example }) => {
  expect(magic(example)?.id).toBe(`+${example.slice(example.lastIndexOf('+') + 1, example.lastIndexOf('@'))}`);
});

test('every row has a story, a form and words of its own', () => {
  expect(new Set(MAGIC.map(({ story }) => story)).size).toBe(MAGIC.length);
  expect(new Set(MAGIC.map(({ form }) => form)).size).toBe(MAGIC.length);
  const words = MAGIC.flatMap((row) => row.words);
  expect(new Set(words).size).toBe(words.length);
});

test.each(ALIASES)('$address of $of is as +$tag', ({ address, tag }) => {
  const local = address.endsWith('…') ? address.replace('…', 'site.test') : address;
  expect(magic(local)).toMatchObject({ ...meaningOf(tag, isPersona) });
});

test('an alias keeps its labels, its case and its underscores', () => {
  expect(said('bounce+label1@simulator.amazonses.com')).toMatchObject({ code: 550, enhanced: '5.1.1' });
  expect(said('hard_bounce@bounce-testing.postmarkapp.com')).toMatchObject({ code: 550, enhanced: '5.1.1' });
  // Labels there mean nothing: `full` is a label.
  expect(magic('delivered+full@resend.dev')?.act).toEqual({ stage: 'any', accept: true });
  expect(magic('tempfailure@site.test')).toBeUndefined();
});

test("Mailtrap's emulator says the code and the text of the address", () => {
  expect(said('bounce+451+try+again+%4Eow@site.test')).toMatchObject({ code: 451, text: 'try again Now' });
  expect(said('bounce+550@site.test')).toMatchObject({ code: 550, enhanced: '5.1.1' });
  expect(said('bounce+550+100%+full%0d%0a250@site.test')).toMatchObject({ code: 550, text: '100% full%0d%0a250' });
  expect(said('bounce+550+a%0d%0a250+ok@site.test')).toMatchObject({ text: 'a  250 ok' });
});

test('the last tag counts, in any case', () => {
  expect(said('ann+shop+RCPT.452.4-2-2@site.test')).toMatchObject({ code: 452, enhanced: '4.2.2', text: 'Mailbox full' });
  expect(said('"ann b+rcpt.550"@site.test')).toMatchObject({ code: 550 });
});

test('arguments are read', () => {
  expect(magic('a+fail2.451@site.test')).toMatchObject({ often: { times: 2 }, act: { stage: 'rcpt' } });
  expect(magic('a+until.90s.450@site.test')).toMatchObject({ often: { untilMs: 90_000 } });
  expect(magic('a+drop.eod@site.test')?.act).toEqual({ stage: 'body', fault: 'disconnect-after-dot' });
  expect(magic('a+drop.body@site.test')?.act).toEqual({ stage: 'body', fault: 'disconnect' });
  expect(magic('a+hang.connect@site.test')?.act).toEqual({ stage: 'connect', fault: 'unreachable' });
  expect(magic('a+slow.dns@site.test')?.act).toEqual({ stage: 'resolve', delayMs: 30_000 });
  expect(magic('a+connect.554@site.test')).toMatchObject({ act: { stage: 'greeting', speech: { said: { code: 554, close: true } } } });
  expect(magic('a+dsn.delayed.2h@site.test')).toMatchObject({ afterwards: { send: 'delay-dsn', afterMs: 7_200_000 } });
  expect(magic('a+dsn@site.test')).toMatchObject({ afterwards: { send: 'dsn', afterMs: 30_000 } });
  expect(magic('a+gmail.full@site.test')).toMatchObject({ act: { speech: { saying: { persona: 'gmail', situation: 'full' } } } });
  expect(magic('a+greylist.5m@site.test')).toMatchObject({ often: { greylist: { waitMs: 300_000 } } });
});

test.each(['newsletter', 'rcpt', 'rcpt.999', 'rcpt.5500', 'rcpt.550.9-1-1', 'fail0.451', 'fail2.250', 'until', 'until.90', 'drop', 'drop.moon', 'slow.rcpt.soon', 'ok.1', 'nobody.full', 'gmail.nothing', 'dsn.1s.2s', 'toString', '__proto__', 'constructor.full', 'tls.constructor', 'drop.constructor', 'slow.__proto__', 'hang.toString', '', '.', 'a.b.c'])('+%s is an ordinary subaddress', (tag) => {
  expect(magic(`ann+${tag}@site.test`)).toBeUndefined();
});

test('a tag that was probably meant is told of, an ordinary one is not', () => {
  expect(nearMagic('a+rcpt.999@site.test', isPersona)?.hint).toContain('+rcpt.CODE[.E-E-E]');
  expect(nearMagic('a+fial2.451@site.test', isPersona)?.hint).toContain('+failN');
  expect(nearMagic('a+gmial.full@site.test', isPersona)?.hint).toContain('no persona `gmial`');
  expect(nearMagic('a+gmail.fulll@site.test', isPersona)?.hint).toContain('`full`');
  for (const tag of ['auth.535', 'drop.auth', 'hang.auth']) expect(nearMagic(`a+${tag}@site.test`, isPersona)).toMatchObject({ tag, hint: expect.stringContaining('never says AUTH') });
  for (const tag of ['newsletter', 'shop', 'test', 'ok', 'rcpt.550', '2024', 'amazon']) expect([tag, nearMagic(`a+${tag}@site.test`, isPersona)]).toEqual([tag, undefined]);
  expect(nearMagic('ann@site.test', isPersona)).toBeUndefined();
});

test('any text is read, none throws, and only a tag that is told of means something', () => {
  const word = fc.constantFrom('rcpt', 'fail2', 'until', 'drop', 'slow', 'dsn', 'gmail', 'full', 'tls', '550', '5-1-1', '90s', 'body', 'eod', 'text', '', '__proto__');
  const tags = fc.array(word, { maxLength: 5 }).map((words) => `a+${words.join('.')}@site.test`);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.emailAddress(), tags), (address) => {
    const found = magic(address);
    const near = nearMagic(address, isPersona);
    // Both at once would be a hint about something that works; a meaning without effect, a tag that says nothing.
    expect(found && (near ?? (found.act === undefined && found.afterwards === undefined))).toBe(found && false);
    expect(magic(address)).toEqual(found);
  }), { numRuns: 2_000 });
});
