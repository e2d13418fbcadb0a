import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Session } from '../../mail/session.ts';
import { readDetail, writeDetail } from './detail.ts';

const envelope = { from: 'app@sender.test', recipients: [{ address: 'someone@inbox.test' }] };
const session: Session = {
  id: 'S', protocol: 'smtp', client: { address: '127.0.0.1', port: 1 }, hello: 'client.test',
  transcript: [], times: { opened: 1_000, mail: 1_010, data: 1_020, received: 1_030 },
};

const line = fc.record({
  at: fc.integer({ min: -1e12, max: 4e12 }),
  by: fc.constantFrom('C' as const, 'S' as const, '*' as const),
  line: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
});

test('whatever was said, the dialogue is read as it was written, each line at its time', () => {
  fc.assert(fc.property(fc.array(line), fc.integer({ min: 0, max: 4e12 }), fc.dictionary(fc.string(), fc.string()), (transcript, opened, metadata) => {
    const written = { envelope, session: { ...session, transcript, times: { ...session.times, opened } }, metadata };
    expect(readDetail(writeDetail(written))).toEqual(written);
  }));
});

test('a line feed that got into a line by mistake makes no message unreadable', () => {
  const transcript = [{ at: 1_001, by: 'S' as const, line: '550 one\ntwo\n' }, { at: 1_002, by: 'C' as const, line: 'QUIT' }];
  expect(readDetail(writeDetail({ envelope, session: { ...session, transcript }, metadata: {} })).session.transcript).toEqual(transcript);
});

test('TLS and the login stay with the session', () => {
  const full: Session = { ...session, tls: { version: 'TLSv1.3', cipher: 'AES' }, login: { method: 'PLAIN', user: 'a\nb' } };
  expect(readDetail(writeDetail({ envelope, session: full, metadata: {} })).session).toEqual(full);
});

test('a dialogue that an earlier Postern wrote as JSON is read', () => {
  const transcript = [{ at: 1_001, by: 'S', line: '220 mx.test' }, { at: 1_002, by: 'C', line: 'EHLO client.test' }];
  const earlier = JSON.stringify({ envelope, session: { ...session, transcript }, metadata: {} });
  expect(readDetail(earlier).session).toEqual({ ...session, transcript });
});
