import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type Outgoing, type OutgoingAttachment, wireMessage } from './outgoing.ts';

const sent = (attachment: object) => wireMessage({ from: 'a@app.test', attachments: [attachment as OutgoingAttachment] }).attachments![0]!;
const plain = (base64: string) => Buffer.from(base64, 'base64').toString();

test('the content of an attachment is a text, also where it could be base64', () => {
  expect(plain(sent({ filename: 'a.txt', content: 'data' }).content)).toBe('data');
  expect(plain(sent({ content: 'grüße €' }).content)).toBe('grüße €');
  expect(plain(sent({ content: 'data', encoding: 'utf8' }).content)).toBe('data');
  expect(sent({ content: '' })).toEqual({ content: '' });
});

test('base64 is asked for, and goes as it is; what is beside it stays', () => {
  expect(sent({ filename: 'a.txt', type: 'text/plain', content: 'ZGF0YQ==', encoding: 'base64' })).toEqual({ filename: 'a.txt', type: 'text/plain', content: 'ZGF0YQ==' });
});

test('bytes are bytes, however many', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
  expect(Buffer.compare(Buffer.from(sent({ content: bytes }).content, 'base64'), bytes)).toBe(0);
});

test('what is neither is an error that says what is taken', () => {
  expect(() => sent({ path: 'a.txt' })).toThrow('`attachments[0]` needs a `content`: a text, or bytes (Uint8Array; `await readFile(…)` gives them); it is undefined');
  expect(() => sent({ content: 'x', encoding: 'hex' })).toThrow('The encoding of `attachments[0]` is \'utf8\' (a text) or \'base64\'; it is "hex"');
  expect(() => wireMessage({ from: 'a@app.test', attachments: {} as [] })).toThrow('`attachments` is a list');
});

test('a message without attachments is as it was', () => {
  expect(wireMessage({ from: 'a@app.test', subject: 'x' })).toEqual({ from: 'a@app.test', subject: 'x' });
});

test('bytes are bytes wherever they come from', () => {
  const elsewhere = runInNewContext('new Uint8Array([1, 2, 3])') as Uint8Array;
  const contents = [elsewhere, new Uint8Array([9, 1, 2, 3]).subarray(1), new Uint8Array([1, 2, 3]).buffer];
  expect(wireMessage({ from: 'a@x.test', attachments: contents.map((content) => ({ filename: 'a', content })) } as Outgoing).attachments!.map(({ content }) => content)).toEqual(Array(3).fill('AQID'));
  expect(() => wireMessage({ from: 'a@x.test', attachments: [null] } as unknown as Outgoing)).toThrow('is an object like');
});
