import { expect, test } from 'vitest';
import { findEnhanced } from './enhanced-status.ts';
import { parseReply, readStage } from './reply.ts';

test('a pasted reply is taken apart, line by line', () => {
  expect(parseReply('550-5.1.1 The account does not exist.\r\n550 5.1.1 See https://x.test - gsmtp')).toEqual({
    kind: 'reply', code: 550, enhanced: { class: 5, subject: 1, detail: 1 }, text: 'The account does not exist.\nSee https://x.test - gsmtp',
  });
  expect(parseReply('421 Too many connections')).toEqual({ kind: 'reply', code: 421, text: 'Too many connections' });
  expect(parseReply('550')).toMatchObject({ code: 550, text: '' });
});

test('a code that stands elsewhere is found, and what is known wins over the text', () => {
  expect(parseReply('553 sorry, no mailbox here by that name (#5.1.1)').enhanced).toEqual({ class: 5, subject: 1, detail: 1 });
  expect(parseReply('550 5.1.1 Unknown', { code: 554, enhanced: '5.7.1', stage: 'rcpt', host: 'mx.x.test' })).toMatchObject({ code: 554, enhanced: { subject: 7 }, stage: 'rcpt', host: 'mx.x.test', text: '550 5.1.1 Unknown' });
  expect(parseReply('mailbox is full')).toEqual({ kind: 'reply', text: 'mailbox is full' });
});

test('why another server would not is found in the words of the one that tried, and not what that one took before', () => {
  expect(parseReply('host mx.x.test[192.0.2.1] said: 550 5.1.1 Unknown')).toMatchObject({ code: 550, enhanced: { class: 5 } });
  expect(parseReply('MAIL response: 250 ok, RCPT response: 452 full').code).toBe(452);
  expect(parseReply('it said: 250 ok').code).toBeUndefined();
});

test.each(['192.0.2.5.1.1', 'version 5.1.1.2', '5.0.901', '9.9.9', '25.1.1', '5.77.1'])('%s is no enhanced code', (text) => {
  expect(findEnhanced(text)).toBeUndefined();
});

test('a stage has its own name and those of others', () => {
  expect(['rcpt', 'RCPT', 'HELO', 'EOD', 'banner', 'QUIT', ''].map(readStage)).toEqual(['rcpt', 'rcpt', 'ehlo', 'body', 'greeting', undefined, undefined]);
});
