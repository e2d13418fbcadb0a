/** POST /v1/classify: what an SMTP reply means, explained. Keeps nothing and needs no store. */
import { classify, consequence } from '../classify/classify.ts';
import { CLASSES } from '../classify/classes.ts';
import { parseReply } from '../mail/reply.ts';
import type { Routes } from './route.ts';
import { ClassifyInput, Explained } from './schemas/classify.ts';

export function classifyRoutes({ add }: Routes): void {
  add({
    method: 'post', path: '/v1/classify', noun: 'Classifier', summary: 'What an SMTP reply means, by which rule, and what Postern would do',
    body: ClassifyInput, answer: Explained, noStore: true, problems: ['malformed-json', 'unsupported-type'],
  }, ({ body: { text, code, enhanced, stage, host } }) => {
    const reply = parseReply(text, { ...(code === undefined ? {} : { code }), ...(enhanced === undefined ? {} : { enhanced }), ...(stage === undefined ? {} : { stage }), ...(host === undefined ? {} : { host }) });
    const verdict = classify(reply);
    return { ...verdict, says: CLASSES[verdict.class].says, does: consequence(verdict) };
  });
}
