import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answer, STAGES } from '../mail/reply.ts';
import { classify } from './classify.ts';
import { remembering } from './recent.ts';

const short = <T>(...of: readonly T[]) => fc.constantFrom(...of);
/** Few of each part, so that many are alike in all but one of them. */
const answer = fc.record({
  kind: fc.constant('reply' as const),
  code: short(250, 421, 450, 550, 552),
  enhanced: fc.option(fc.record({ class: short(4 as const, 5 as const), subject: short(1, 2, 7), detail: short(1, 2) }), { nil: undefined }),
  stage: fc.option(short(...STAGES), { nil: undefined }),
  host: fc.option(short('mx.gmail.test', 'gmail-smtp-in.l.google.com', 'mx1.mail.icloud.com'), { nil: undefined }),
  text: short('User unknown', 'Try again in 5 minutes', 'The mailbox is full', 'Blocked by zen.spamhaus.org', 'x'.repeat(2_000)),
}).map((one) => JSON.parse(JSON.stringify(one)) as Answer);

test('what is remembered is what would be said anew, whatever part of the answer differs', () => {
  const judge = remembering(classify, 20);
  fc.assert(fc.property(fc.array(answer, { minLength: 1, maxLength: 40 }), (answers) => {
    for (const one of answers) expect(judge(one)).toEqual(classify(one));
  }), { numRuns: 100 });
});

test('an answer that comes again is judged once, and the oldest is forgotten', () => {
  let asked = 0;
  const judge = remembering((one) => {
    asked++;
    return classify(one);
  }, 2);
  const say = (text: string) => judge({ kind: 'reply', code: 450, text });
  say('a');
  say('a');
  expect(asked).toBe(1);
  say('b');
  say('c');
  say('b');
  expect(asked).toBe(3);
  say('a');
  expect(asked).toBe(4);
});
