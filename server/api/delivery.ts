/** /v1/messages/{id}/delivery: what became of a message, recipient by recipient, attempt by attempt. Reading changes nothing. */
import type { Delivery, Explanation } from '../../sdk/contract.ts';
import type { Recipient, RecipientState } from '../mail/recipient.ts';
import { explainSuppressed } from '../queue/explain.ts';
import type { ApiDeps } from './deps.ts';
import { noSuchMessage, resolveId } from './messages.ts';
import type { Routes } from './route.ts';
import { Delivery as DeliverySchema } from './schemas/delivery.ts';
import { IdParam } from './schemas/message.ts';
import { DeliveryQuery } from './schemas/query.ts';
import { attemptOf, explanationOf, recipientOf, returnOf, suppressionOf } from './wire-delivery.ts';

export function deliveryRoutes({ add }: Routes, deps: ApiDeps): void {
  const { store, queue } = deps;

  add({
    method: 'get', path: '/v1/messages/{id}/delivery', noun: 'Queue', summary: 'What became of a message: recipients, attempts with their dialogue, why it waits, what came back',
    description: '`recipients` is empty when the message was only captured. `latest` takes the filters of the list.',
    params: IdParam, query: DeliveryQuery, answer: DeliverySchema, problems: ['no-such-message', 'no-such-stream', 'bad-search'],
  }, async ({ params, query: { transcript = true, ...query } }): Promise<Delivery | Response> => {
    const id = await resolveId(deps, params.id, query);
    if (id instanceof Response) return id;
    const message = await store.read(id);
    if (!message) return noSuchMessage(id);
    const [delivery, returned] = await Promise.all([store.delivery(id), store.returned(id)]);
    const tally: Partial<Record<RecipientState, number>> = {};
    const recipients = [];
    for (const { recipient, attempts } of delivery?.recipients ?? []) {
      tally[recipient.state] = (tally[recipient.state] ?? 0) + 1;
      const history = attempts.map((attempt) => attemptOf(recipient, transcript ? attempt : { ...attempt, transcript: [] }));
      recipients.push({ ...recipientOf(recipient), history, explanation: await explained(recipient) });
    }
    return { message: id, stream: message.stream, tally, recipients, returns: returned.flatMap((event) => returnOf(event) ?? []) };
  });

  async function explained(recipient: Recipient): Promise<Explanation> {
    const explanation = explanationOf(await queue.explain(recipient));
    if (recipient.state !== 'suppressed') return explanation;
    const standing = await store.suppressionOf(recipient.stream, recipient.mode, recipient.address, queue.now(recipient.stream, recipient.mode) + recipient.offset);
    return { ...explanation, text: explainSuppressed(recipient, standing), ...(standing ? { suppression: suppressionOf(standing) } : {}) };
  }
}
