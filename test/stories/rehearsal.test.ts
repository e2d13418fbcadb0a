/** Rules that act while mail is handed in: what the application itself is answered. */
import { createConnection } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { running, type House } from '../support/running.ts';

let house: House;
beforeEach(async () => { house = await running(); });
afterEach(() => house.close());

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: { detail?: string; type?: string } }> {
  const answer = await fetch(house.http + path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as { detail?: string }) };
}
const rules = (...all: unknown[]) => ask('PUT', '/v1/streams/default/scenario', { rules: all });
const letter = (more: object = {}) => ask('POST', '/v1/streams/default/messages', { from: 'app@app.test', to: 'ann@site.test', subject: 'x', text: 'y', ...more });

/** Says the lines one after the other; answers the first line of each reply, and `closed` when nobody answers any more. */
async function talk(...lines: string[]): Promise<string[]> {
  const socket = createConnection(house.smtp);
  const heard: string[] = [];
  let text = '';
  let wake = () => {};
  socket.on('data', (piece) => { text += piece.toString(); wake(); });
  socket.on('close', () => { text += '000 closed\r\n'; wake(); });
  socket.on('error', () => {});
  const reply = async () => {
    for (;;) {
      const whole = /^(?:\d{3}-.*\r\n)*(\d{3}(?: .*)?)\r\n/.exec(text);
      if (whole) {
        text = text.slice(whole[0].length);
        return whole[1]!;
      }
      await new Promise<void>((resolve) => { wake = resolve; });
    }
  };
  heard.push(await reply());
  for (const line of lines) {
    if (heard.at(-1) === '000 closed') break;
    socket.write(`${line}\r\n`);
    heard.push(await reply());
  }
  socket.destroy();
  return heard;
}

test('a rule of the submission side answers at RCPT, as often as it says, and then the mail is taken', async () => {
  await rules({ side: 'submission', when: { recipient: 'ann@site.test' }, what: { reply: { code: 451, enhanced: '4.3.0', text: 'Later' } }, often: { times: 1, per: 'address' } });
  expect((await talk('EHLO app.test', 'MAIL FROM:<app@app.test>', 'RCPT TO:<ann@site.test>', 'RCPT TO:<bob@site.test>', 'RCPT TO:<ann@site.test>')).slice(3)).toEqual(['451 4.3.0 Later', '250 2.1.5 Recipient ok', '250 2.1.5 Recipient ok']);
});

test('a greeting that refuses, a cut and a close come at their stages', async () => {
  await rules({ side: 'submission', what: { at: 'greeting', reply: { code: 554, enhanced: '5.7.1', text: 'Go away' } } });
  expect(await talk('EHLO app.test')).toEqual(['554 5.7.1 Go away', '000 closed']);
  await rules({ side: 'submission', what: { at: 'mail', fault: 'disconnect' } });
  expect((await talk('EHLO app.test', 'MAIL FROM:<app@app.test>')).at(-1)).toBe('000 closed');
  await rules({ side: 'submission', what: { at: 'mail', reply: { code: 450, text: 'Later', close: true } } });
  expect((await talk('EHLO app.test', 'MAIL FROM:<app@app.test>', 'NOOP')).slice(2)).toEqual([expect.stringMatching(/^450 /), '000 closed']);
  await rules();
  expect((await talk('EHLO app.test', 'MAIL FROM:<app@app.test>')).at(-1)).toBe('250 2.1.0 Sender ok');
});

test('a silence answers nothing, and does not hold up closing', async () => {
  await rules({ side: 'submission', what: { at: 'rcpt', fault: 'silence' } });
  const told = talk('EHLO app.test', 'MAIL FROM:<app@app.test>', 'RCPT TO:<ann@site.test>');
  await expect.poll(async () => (await house.get<{ hits: { hits: number }[] }>('/v1/streams/default/scenario')).hits[0]?.hits).toBe(1);
  const began = performance.now();
  await house.close();
  expect((await told).at(-1)).toBe('000 closed');
  expect(performance.now() - began).toBeLessThan(9_000); // the grace that an open transaction gets is 10 s
});

test('over HTTP a refusal is a problem: 503 where it passes, 422 where it does not', async () => {
  await rules({ side: 'submission', what: { at: 'body', reply: { code: 452, enhanced: '4.3.1', text: 'Out of space' } }, often: { times: 1, per: 'all' } }, { side: 'submission', when: { sender: 'bad@app.test' }, what: { at: 'mail', reply: { code: 550, enhanced: '5.7.1', text: 'Not you' } } });
  expect(await letter()).toMatchObject({ status: 503, body: { type: '/problems/simulated-deferral', detail: expect.stringContaining('Out of space') as string } });
  expect(await letter()).toMatchObject({ status: 202 });
  expect(await letter({ from: 'bad@app.test' })).toMatchObject({ status: 422, body: { type: '/problems/simulated-refusal', detail: expect.stringContaining('Not you') as string } });
});

test('tags of the submission and of the stream are seen by rules, on both sides', async () => {
  await rules({ side: 'submission', when: { tag: 'blocked' }, what: { at: 'body', reply: { code: 554, text: 'No' } } }, { id: 'news', when: { tag: 'news' }, what: { reply: { code: 550, enhanced: '5.7.1', text: 'No news' } } });
  expect(await letter({ tags: ['blocked'] })).toMatchObject({ status: 422 });
  await ask('PATCH', '/v1/streams/default', { mode: 'simulate' });
  expect(await letter({ tags: ['news'] })).toMatchObject({ status: 202 });
  await ask('POST', '/v1/streams/default/clock/advance', { to: 'idle' });
  expect((await house.get<{ hits: { id: string; hits: number }[] }>('/v1/streams/default/scenario')).hits.find(({ id }) => id === 'news')?.hits).toBe(1);
});

test('magic addresses mean something at submission only where the stream says so', async () => {
  expect(await letter({ to: 'ann+rcpt.550@site.test' })).toMatchObject({ status: 202 });
  await ask('PATCH', '/v1/streams/default', { delivery: { magicAtSubmission: true } });
  expect(await letter({ to: 'ann+rcpt.550@site.test' })).toMatchObject({ status: 422 });
  expect((await talk('EHLO app.test', 'MAIL FROM:<app@app.test>', 'RCPT TO:<ann+greeting.421@site.test>')).at(-1)).toMatch(/^421 /);
});
