import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSse, readEvents } from './events.ts';
import { createWire } from './wire.ts';

async function parse(...pieces: Uint8Array[]) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const events = [];
  for await (const event of parseSse(body)) events.push(event);
  return events;
}
const bytes = (text: string) => new TextEncoder().encode(text);

test('events are read with id, type and data of several lines; comments and unknown fields are passed over', async () => {
  expect(await parse(bytes('retry: 1000\n\n:\n\nid: 7\nevent: x\ndata: a\ndata:b\nodd: y\n\ndata: c\n\n'))).toEqual([
    { id: '7', event: 'x', data: 'a\nb' },
    { id: '7', event: '', data: 'c' },
  ]);
});

test('an id without data tells from where to go on', async () => {
  expect(await parse(bytes('retry: 1000\nid: 41\n\n:\n\ndata: x\n\n'))).toEqual([{ id: '41', event: '', data: '' }, { id: '41', event: '', data: 'x' }]);
});

test('an event without its empty line does not count', async () => {
  expect(await parse(bytes('data: a\n\ndata: cut'))).toEqual([{ id: '', event: '', data: 'a' }]);
});

test('however the octets are cut into pieces and lines end, the events are the same', async () => {
  await fc.assert(fc.asyncProperty(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(80), { maxLength: 12 }), async (end, cuts) => {
    const whole = bytes(['id: 1', 'data: grüße 🚪', '', 'id: 2', 'event: e', 'data: x', 'data: y', '', 'data: z', '', ''].join(end));
    const at = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
    const pieces = at.slice(1).map((to, i) => whole.slice(at[i], to));
    expect(await parse(...pieces)).toEqual([{ id: '1', event: '', data: 'grüße 🚪' }, { id: '2', event: 'e', data: 'x\ny' }, { id: '2', event: '', data: 'z' }]);
  }), { numRuns: 200 });
});

test('a redirect where events came from ends the reading: coming back would not help', async () => {
  let asked = 0;
  const wire = createWire({
    url: 'http://p.test',
    fetch: async () => (asked++ === 0 ? new Response('id: 1\ndata: {"type":"message.captured"}\n\n', { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }) : new Response(null, { status: 302, headers: { location: '/login' } })),
  });
  const read = async () => { for await (const _ of readEvents(wire)); };
  await expect(read()).rejects.toMatchObject({ redirected: true, message: expect.stringContaining('which is not followed') });
});

test('a page where events should come is no stream that is open', async () => {
  const lines: boolean[] = [];
  const wire = createWire({ url: 'http://p.test', fetch: async () => new Response('<h1>Sign in</h1>', { headers: { 'content-type': 'text/html' } }) });
  const read = async () => { for await (const _ of readEvents(wire, { onLine: (open) => void lines.push(open), signal: AbortSignal.timeout(1_000) })); };
  await expect(read()).rejects.toMatchObject({ status: 200, message: 'http://p.test answered 200 with text/html where events should come: no sandbox says that.' });
  expect(lines).toEqual([]);
});
