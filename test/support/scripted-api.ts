/** The SDK over a fetch that answers from a script: for what a real server cannot be made to do on time (answers out of order, failures between two requests). */
import { createApi, type Api } from '../../sdk/api.ts';
import type { Message, PosternEvent, Problem } from '../../sdk/contract.ts';
import { createWire } from '../../sdk/wire.ts';

export type Asked = { method: string; path: string; query: Record<string, string>; body: unknown };
export type Scripted = { api: Api; asked: Asked[] };

export class Refusal {
  readonly problem: Problem;
  constructor(status: number, name = 'refused', extras: Partial<Problem> = {}) {
    this.problem = { type: `/problems/${name}`, title: name, status, ...extras };
  }
}

/** `answer` gives the JSON of an answer, or a Refusal; it may take its time. */
export function scripted(answer: (asked: Asked) => unknown): Scripted {
  const asked: Asked[] = [];
  const api = createApi(createWire({
    url: 'http://postern.test',
    fetch: async (input, init) => {
      const url = new URL(input as string);
      const one: Asked = { method: init?.method ?? 'GET', path: url.pathname, query: Object.fromEntries(url.searchParams), body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined };
      asked.push(one);
      const said = await answer(one);
      init?.signal?.throwIfAborted();
      if (said instanceof Refusal) return new Response(JSON.stringify(said.problem), { status: said.problem.status, headers: { 'content-type': 'application/problem+json' } });
      return said === undefined ? new Response(null, { status: 204 }) : Response.json(said);
    },
  }));
  return { api, asked };
}

/** A message as lists have it; `n` says how late it came. */
export function messageOf(n: number, more: Partial<Message> = {}): Message {
  return {
    id: `m${n}`, cursor: `c${n}`, stream: 'default', via: 'smtp', receivedAt: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(), size: 100,
    subject: `Message ${n}`, from: [{ name: '', address: 'a@x.test' }], to: [], cc: [], replyTo: [], messageId: `<${n}@x.test>`, date: null,
    envelope: { from: 'a@x.test', to: ['b@x.test'] }, tags: [], read: false, parse: 'done', attachments: 0, snippet: null, delivery: null, ...more,
  };
}

export const captured = (n: number, more: Partial<Message> = {}): PosternEvent => {
  const summary = messageOf(n, more);
  return { id: n, at: summary.receivedAt, stream: summary.stream, type: 'message.captured', message: summary.id, summary };
};
export const deleted = (...ns: number[]): PosternEvent => ({ id: 9_000 + ns[0]!, at: '2026-01-01T00:00:00.000Z', stream: 'default', type: 'messages.deleted', messages: ns.map((n) => `m${n}`), by: 'user' });

/** The last page of a list: these messages. */
export const pageOf = (...ns: number[]) => ({ messages: ns.map((n) => messageOf(n)), next: null as string | null, unindexed: 0 });
