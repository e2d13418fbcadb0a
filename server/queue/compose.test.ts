import { expect, test } from 'vitest';
import type { BodyWriter } from '../admission/port.ts';
import { manualClock } from '../clock.ts';
import { noticeWriter } from './compose.ts';
import type { NoticeAsk } from './notices.ts';

const HEAD = 'Subject: hello\r\nMessage-ID: <m@app.test>\r\n\r\n';

/** A store whose bodies go on when the test says so. */
function house({ isSlow = false } = {}) {
  const open = new Set<() => void>();
  let read = 0;
  let most = 0;
  const written: Buffer[] = [];
  const compose = noticeWriter({
    store: {
      openBody: () => ({ size: 0, held: 0, write: (chunk: Uint8Array) => void written.push(Buffer.from(chunk)), abort() {} }) as unknown as BodyWriter,
      async body(_id, range) {
        const octets = range!.end - range!.start;
        read += octets;
        most = Math.max(most, read);
        if (isSlow) await new Promise<void>((resolve) => open.add(resolve));
        read -= octets;
        return (async function* () { yield Buffer.from(HEAD.padEnd(octets, 'x')).subarray(0, octets); })();
      },
    },
    wall: manualClock(), makeId: () => 'notice', name: 'postern.test',
  });
  const goOn = () => {
    for (const go of [...open]) {
      open.delete(go);
      go();
    }
  };
  return { compose, written, goOn, get open() { return open.size; }, get most() { return most; } };
}

const ask = (size: number, more: Partial<NoticeAsk> = {}): NoticeAsk => ({
  kind: 'failure', now: 5,
  message: { message: 'm', seq: 1, stream: 'app', size, from: 'app@shop.test', ret: 'FULL', messageId: 'm@app.test', tags: [], recipients: [] },
  recipients: [{ recipient: { address: 'ann@site.test', queuedAt: 1, expiresAt: 9 } as NoticeAsk['recipients'][number]['recipient'], answer: { kind: 'reply', stage: 'rcpt', code: 550, text: 'no' }, host: 'mx.site.test', class: 'invalid_recipient', attempts: 1, expired: false, at: 4 }],
  ...more,
});

test('a failure notice returns the whole message up to 256 KB, the header alone beyond; other notices the header', async () => {
  const { compose, written } = house();
  for (const [size, more] of [[256 * 1024, {}], [256 * 1024 + 1, {}], [1_000, { kind: 'delay' }], [1_000, {}]] as [number, Partial<NoticeAsk>][]) await compose(ask(size, more));
  const isWhole = written.map((raw) => raw.includes('message/rfc822\r\n'));
  expect(isWhole).toEqual([true, false, false, true]);
  expect(written[1]!.length).toBeLessThan(10_000);
});

test('however many bounce at once, about 4 MB of originals are in memory, and all are told', async () => {
  const it = house({ isSlow: true });
  let done = 0;
  const one = async () => {
    await it.compose(ask(256 * 1024));
    done++;
  };
  for (let i = 0; i < 100; i++) void one();
  while (done < 100) {
    await new Promise((resolve) => setImmediate(resolve));
    it.goOn();
  }
  expect(it.most).toBe(4 * 1024 * 1024);
});

test('one whose body cannot be read does not keep the next from its turn', async () => {
  const compose = noticeWriter({ store: { openBody: () => { throw new Error('full'); }, body: async () => { throw new Error('broken'); } }, wall: manualClock(), makeId: () => 'n', name: 'p.test' });
  for (let i = 0; i < 40; i++) await expect(compose(ask(256 * 1024))).rejects.toThrow('broken');
});
