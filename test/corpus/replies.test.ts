/**
 * Labelled replies and whole bounces of many origins, against the floors that
 * the classifier and the bounce parser are to keep. They are not part of the
 * project: without the folder the tests are skipped, with a notice.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLASSES } from '../../server/classify/classes.ts';
import { classify } from '../../server/classify/classify.ts';
import type { ReplyClass } from '../../server/classify/verdict.ts';
import { parseBounce } from '../../server/dsn/parse.ts';
import { parseReply, readStage } from '../../server/mail/reply.ts';
import { corpus } from '../support/corpus.ts';

const folder = corpus('', 'replies.dev.jsonl', 'dsn-dev/expected.jsonl');

const linesOf = <T>(name: string): T[] => readFileSync(new URL(name, folder), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as T);
const isHard = (name: string): boolean => CLASSES[name as ReplyClass]?.permanence === 'hard';

type Labelled = { reply_code: number | null; enhanced: string | null; text: string; phase: string | null; class: ReplyClass; accept: string[]; hard: boolean };

test.skipIf(!folder)('replies of many origins are judged right, and few recipients wrongly', () => {
  const tally = { all: 0, right: 0, unknown: 0, hard: 0, found: 0, others: 0, wrongly: 0 };
  for (const one of linesOf<Labelled>('replies.dev.jsonl')) {
    const stage = one.phase === null ? undefined : readStage(one.phase);
    const verdict = classify(parseReply(one.text, { ...(one.reply_code === null ? {} : { code: one.reply_code }), ...(one.enhanced === null ? {} : { enhanced: one.enhanced }), ...(stage ? { stage } : {}) }));
    const right = [one.class, ...one.accept];
    tally.all++;
    if (right.includes('*') || right.includes(verdict.class)) tally.right++;
    if (verdict.class === 'unknown') tally.unknown++;
    if (one.hard) {
      tally.hard++;
      if (isHard(verdict.class)) tally.found++;
    } else if (!right.some((name) => name === '*' || isHard(name))) {
      tally.others++;
      if (isHard(verdict.class)) tally.wrongly++;
    }
  }
  expect(tally.right / tally.all).toBeGreaterThanOrEqual(0.95);
  expect(tally.found / tally.hard).toBeGreaterThanOrEqual(0.95);
  expect(tally.wrongly / tally.others).toBeLessThanOrEqual(0.005);
  expect(tally.unknown / tally.all).toBeLessThanOrEqual(0.03);
});

type Expected = { file: string; kind: string; recipients: { recipient: string | null; hard: boolean }[] };

test.skipIf(!folder)('bounces of many mailers are read: kind, recipients, hard or soft', () => {
  const tally = { files: 0, read: 0, recipients: 0, sides: 0 };
  for (const { file, kind, recipients } of linesOf<Expected>('dsn-dev/expected.jsonl')) {
    const bounce = parseBounce(readFileSync(new URL(`dsn-dev/${file}`, folder)));
    // Where a report names nobody the list has a stand-in.
    const wanted = recipients.map(({ recipient }) => (recipient ?? '').toLowerCase()).filter((address) => address.includes('@') && !address.endsWith('.invalid')).sort();
    const found = bounce.recipients.map(({ recipient }) => recipient.toLowerCase()).sort();
    tally.files++;
    if (bounce.kind === kind && (wanted.length === 0 || wanted.join() === found.join())) tally.read++;
    for (const one of recipients) {
      tally.recipients++;
      const ours = bounce.recipients.find(({ recipient }) => recipient.toLowerCase() === one.recipient?.toLowerCase()) ?? (recipients.length === 1 ? bounce.recipients[0] : undefined);
      if (ours?.hard === one.hard) tally.sides++;
    }
  }
  expect(tally.read / tally.files).toBeGreaterThanOrEqual(0.95);
  expect(tally.sides / tally.recipients).toBeGreaterThanOrEqual(0.9);
});
