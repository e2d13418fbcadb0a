import { expect, onTestFinished, test } from 'vitest';
import type { MessageChecks } from '../../sdk/contract.ts';
import { createChecks } from '../../server/inbox/checks/checks.ts';
import { createLinkCheck } from '../../server/inbox/checks/network/link-check.ts';
import { spamCheck } from '../../server/inbox/checks/network/spam.ts';
import { apiHouse } from '../support/api-house.ts';

async function house() {
  const opened = await apiHouse();
  onTestFinished(() => opened.close());
  return opened;
}

test('the checks of a message are answered on request, the gravest first, with what mail clients support', async () => {
  const { send, json } = await house();
  const { id } = await send({ subject: 'Hello {{name}}', text: 'Hello', html: '<p style="display:grid">Hello</p>' });
  const { message, checks, compat } = await json<MessageChecks>(`/v1/messages/${id}/checks`);
  expect(message).toBe(id);
  expect(checks[0]).toMatchObject({ id: 'leftovers', verdict: 'fail' });
  expect(compat!.features.find((feature) => feature.id === 'css-display-grid')).toMatchObject({ lines: [1] });
  expect(checks.map((check) => check.id)).not.toEqual(expect.arrayContaining(['link-check']));
});

test('asking for checks marks nothing read, and the newest message can be asked for', async () => {
  const { send, json } = await house();
  const { id } = await send({ subject: 'One' });
  await send({ subject: 'Two', to: 'eve@b.test' });
  expect(await json<MessageChecks>('/v1/messages/latest/checks?to=bob@b.test')).toMatchObject({ message: id, compat: null });
  expect(await json(`/v1/messages/${id}`)).toMatchObject({ read: false });
});

test('a message that is not there has no checks', async () => {
  const { ask } = await house();
  for (const id of ['01KAJQ00000000000000000001', 'nonsense', 'latest']) {
    const response = await ask(`/v1/messages/${id}/checks`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: '/problems/no-such-message' });
  }
});

test('a hostile message is checked like any other', async () => {
  const { store, json, ask } = await house();
  const bodies = ['', '\0\0\0', 'Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n--a\r\n--a', `Subject: ${'x'.repeat(200_000)}\r\n\r\n${'y'.repeat(300_000)}`, `Content-Type: text/html\r\n\r\n${'<div style="a:('.repeat(50_000)}`, `DKIM-Signature: ${'v=1;'.repeat(10_000)}\r\n\r\n`];
  for (const body of bodies) {
    const answered = await ask('/v1/streams/default/messages?from=a@a.test&to=b@b.test', { method: 'POST', body, headers: { 'content-type': 'message/rfc822' } });
    if (answered.status !== 202) continue; // nothing at all is not taken
    const { id } = (await answered.json()) as { id: string };
    const { checks } = await json<MessageChecks>(`/v1/messages/${id}/checks`);
    expect(checks.length).toBeGreaterThan(4);
  }
  expect((await store.counts())[0]!.messages).toBeGreaterThan(4);
});

test('with spam filters and link checking switched on, they are asked, and what they say is among the checks', async () => {
  const { send, store, deps } = await house();
  const { id } = await send({ subject: 'One', text: 'See https://a.test/x' });
  const handed: string[] = [];
  const checks = createChecks({
    store, parser: deps.parser, clock: deps.clock,
    spam: [spamCheck({ id: 'spam-rspamd', name: 'rspamd' }, async ({ body }) => {
      for await (const piece of (await body())!) handed.push(Buffer.from(piece).toString());
      return { kind: 'score', score: 20, threshold: 15, symbols: [] };
    })],
    linkCheck: createLinkCheck(async (url) => ({ kind: 'answer', status: 404, url, redirects: 0 }), deps.clock),
  });
  onTestFinished(() => checks.close());
  const [one, same] = [checks.of(id), checks.of(id)];
  expect(await one).toBe(await same);
  expect(handed.join('')).toContain('See https://a.test/x');
  expect((await one)!.checks.filter((check) => /^(spam|link-check)/.test(check.id))).toMatchObject([{ id: 'spam-rspamd', verdict: 'fail' }, { id: 'link-check', verdict: 'fail' }]);
  expect(await checks.of('01KAJQ00000000000000000001')).toBeUndefined();
});
