/** A delivery as the API says it, for the tests of the SDK's pure parts. */
import type { Attempt, Delivery, RecipientState } from '../../sdk/contract.ts';

const BEGUN = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(BEGUN + ms).toISOString();

export type Told = { address: string; state?: RecipientState; attempts: { after: number; code: number; class?: string }[] };

export function deliveryOf(recipients: Told[], returns: Partial<Delivery['returns'][number]>[] = []): Delivery {
  return {
    message: '01KAJQ00000000000000000001', stream: 'shop', tally: {},
    recipients: recipients.map(({ address, attempts, state = attempts.at(-1)?.code === 250 ? 'delivered' : 'bounced' }, n) => {
      const history = attempts.map((one, i): Attempt => {
        const { class: verdict = one.code === 250 ? 'delivered' : 'server_error' } = one;
        const next = attempts[i + 1];
        return {
          number: i + 1, at: at(one.after), wall: at(0), after: one.after, took: 5, site: 'x.test', host: 'mx.x.test', stage: one.code === 250 ? 'body' : 'rcpt',
          answer: { kind: 'reply', stage: 'rcpt', code: one.code, enhanced: null, text: `Said at ${one.after / 1000}`, host: null },
          verdict: { class: verdict, scope: 'recipient', permanence: 'soft', action: 'retry', rule: 'rule-of-it', facets: { confidence: 'code' } },
          outcome: one.code === 250 ? 'delivered' : next || state === 'deferred' ? 'deferred' : 'bounced', nextDue: next ? at(next.after) : null,
          tls: null, connection: 'c', possibleDuplicate: false, transcript: [],
        };
      });
      const last = history.at(-1);
      return {
        message: '01KAJQ00000000000000000001', n, stream: 'shop', mode: 'simulate', address, destination: 'x.test', state, priority: 'normal', attempts: history.length, queuedAt: at(0),
        due: state === 'deferred' || state === 'queued' ? at(86_400_000) : null, expiresAt: at(86_400_000), offset: 0,
        last: last ? { answer: last.answer, class: last.verdict.class, rule: last.verdict.rule, at: last.at } : null, uncertain: false, held: null, original: null,
        history, explanation: { state, reason: state === 'deferred' ? 'retry' : 'done', text: state === 'deferred' ? 'Waits for its next attempt.' : '', until: null },
      };
    }),
    returns: returns.map((one) => ({ type: 'bounce', at: at(0), time: at(0), recipient: '', report: 'r', class: null, diagnostic: null, ...one })),
  };
}
