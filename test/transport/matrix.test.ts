/**
 * Every stage × every way in which a remote fails there, pipelined and not:
 * the stage and the kind of the answer, whether the connection lives on, that
 * a deadline is exactly that, and that nothing is left behind.
 */
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { Answer } from '../../server/mail/reply.ts';
import { DEADLINES } from '../../server/transport/deadlines.ts';
import { calm, connecting, type CountedClock, countedClock, EHLO, message, over } from './house.ts';
import { dials, remote } from './script.ts';

type Step = 'greeting' | 'ehlo' | 'starttls' | 'mail' | 'rcpt' | 'data' | 'dot';

/** The dialogue up to the point where the remote is to answer in this step. */
function upTo(step: Step, pipelined: boolean): string {
  const offered = pipelined ? ['PIPELINING'] : [];
  switch (step) {
    case 'greeting': return '';
    case 'ehlo': return 'S: 220 hi\nC: EHLO*';
    case 'starttls': return `${EHLO(...offered, 'STARTTLS')}\nC: STARTTLS`;
    case 'mail': return `${EHLO(...offered)}\nC: MAIL*${pipelined ? '\nC: RCPT*\nC: RCPT*\nC: DATA' : ''}`;
    case 'rcpt': return `${upTo('mail', pipelined)}\nS: 250 ok${pipelined ? '' : '\nC: RCPT*'}`;
    case 'data': return `${upTo('rcpt', pipelined)}\nS: 250 ok${pipelined ? '' : '\nC: RCPT*'}\nS: 250 ok${pipelined ? '' : '\nC: DATA'}`;
    case 'dot': return `${upTo('data', pipelined)}\nS: 354 go\nC.`;
  }
}

const STAGE: Record<Step, Answer['stage']> = { greeting: 'greeting', ehlo: 'ehlo', starttls: 'starttls', mail: 'mail', rcpt: 'rcpt', data: 'data', dot: 'body' };
const LATE: Record<Step, string> = {
  greeting: 'no greeting within 5 min', ehlo: 'no reply to EHLO within 5 min', starttls: 'no reply to STARTTLS within 2 min', mail: 'no reply to MAIL within 5 min',
  rcpt: 'no reply to RCPT within 5 min', data: 'no reply to DATA within 2 min', dot: 'no reply to the final dot within 10 min, after the final dot: it may have been delivered',
};
const STEPS = Object.keys(STAGE) as Step[];

type Failure = { does: string; wanted: Partial<Record<'fault' | 'code' | 'detail', unknown>>; late?: true };
const FAILURES: Record<string, Failure> = {
  '421': { does: 'S: 421 4.7.0 bye', wanted: { code: 421 } },
  '421 and closed': { does: 'S: 421 4.7.0 bye\n! close', wanted: { code: 421 } },
  close: { does: '! close', wanted: { fault: 'disconnect' } },
  'half-close': { does: '! half-close', wanted: { fault: 'disconnect' } },
  'close within a reply': { does: '! raw "250-o"\n! close', wanted: { fault: 'disconnect', detail: expect.stringContaining('in the middle of a reply: 250-o') } },
  reset: { does: '! reset', wanted: { fault: 'disconnect', detail: expect.stringContaining('reset') } },
  silence: { does: '! silence', wanted: { fault: 'timeout' }, late: true },
  'half a reply': { does: '! raw "250-still\\r\\n250-"', wanted: { fault: 'timeout' }, late: true },
  drip: { does: '! drip 9000 250 this reply comes an octet at a time, and each octet is nine seconds after the one before it. It would be complete in the end.', wanted: { fault: 'timeout' }, late: true },
  'no SMTP': { does: '! raw "HTTP/1.1 400 Bad Request\\r\\n"', wanted: { fault: 'malformed-reply', detail: expect.stringContaining('HTTP/1.1 400 Bad Request') } },
  'codes that differ': { does: 'S& 250-ok\nS: 550 no', wanted: { fault: 'malformed-reply' } },
  'a code of no kind': { does: 'S: 999 ok', wanted: { fault: 'malformed-reply' } },
  'a code without a meaning here': { does: 'S: 334 go on?', wanted: { fault: 'malformed-reply' } },
  NUL: { does: '! raw "250 o\\u0000k\\r\\n"', wanted: { fault: 'malformed-reply' } },
  'an endless line': { does: `! raw ${JSON.stringify(`250 ${'x'.repeat(5_000)}`)}`, wanted: { fault: 'malformed-reply' } },
  'an endless reply': { does: `! raw ${JSON.stringify('250-x\r\n'.repeat(201))}`, wanted: { fault: 'malformed-reply' } },
  'an empty line': { does: '! raw "\\r\\n"', wanted: { fault: 'malformed-reply' } },
};

const DUE: Record<Step, number> = { greeting: DEADLINES.greeting, ehlo: DEADLINES.ehlo, starttls: DEADLINES.starttls, mail: DEADLINES.mail, rcpt: DEADLINES.rcpt, data: DEADLINES.data, dot: DEADLINES.dot };

/** Runs it to its end, with the two recipients' answers, or the one of who was not let in. */
async function run(script: string, late: number | undefined): Promise<{ answers: Answer[]; alive: boolean; wasEarly: boolean; clock: CountedClock; client: Duplex }> {
  const clock = countedClock();
  const there = remote(script, clock);
  const whole = (async () => {
    const found = await connecting(dials(there), clock);
    if (!('carry' in found)) return { answers: [found.answer], alive: false };
    const result = await found.carry(message(['b@x.test', 'c@x.test']));
    if (result.alive) found.close();
    return { answers: result.recipients.map(({ answer }) => answer), alive: result.alive };
  })();
  const isOver = over(whole);
  await there.atEnd;
  await calm();
  let wasEarly = false;
  if (late !== undefined) {
    // In steps, as a drip goes on only when the remote's own waits end.
    for (let left = late - 1; left > 0; left -= 4_500) {
      clock.advance(Math.min(left, 4_500));
      await calm();
    }
    wasEarly = isOver();
    clock.advance(1);
  }
  const { answers, alive } = await whole;
  await calm();
  return { answers, alive, wasEarly, clock, client: there.client };
}

for (const pipelined of [false, true]) {
  const how = pipelined ? 'pipelined' : 'one by one';
  for (const step of STEPS) {
    for (const [name, { does, wanted, late }] of Object.entries(FAILURES)) {
      test(`${name} at ${step}, ${how}`, async () => {
        const { answers, alive, wasEarly, clock, client } = await run(`${upTo(step, pipelined)}\n${does}`, late ? DUE[step] : undefined);
        for (const answer of answers) expect(answer).toMatchObject({ ...wanted, stage: STAGE[step], ...(late ? { detail: LATE[step] } : {}) });
        expect(alive).toBe(false);
        expect(client.destroyed).toBe(true);
        expect(client.listenerCount('data') + client.listenerCount('drain')).toBe(0);
        expect(wasEarly).toBe(false);
        // Of ours none is left; a script that drips is in its own wait.
        expect(clock.timers).toBe(does.includes('drip') ? 1 : 0);
      });
    }
    // A refused STARTTLS goes on in plaintext: connect.test.ts.
    if (step === 'starttls') continue;
    for (const code of [451, 550]) {
      test(`${code} at ${step}, ${how}`, async () => {
        const rest = pipelined ? { mail: '\nS& 503 no\nS& 503 no\nS: 503 no', rcpt: `\nS& ${code} 5.1.0 no\nS: 503 no` }[step as string] ?? '' : step === 'rcpt' ? `\nC: RCPT*\nS: ${code} no` : '';
        const { answers, alive, clock } = await run(`${upTo(step, pipelined)}\nS: ${code} 5.1.0 no${rest}`, undefined);
        for (const answer of answers) expect(answer).toMatchObject({ kind: 'reply', code, stage: STAGE[step] });
        expect(alive).toBe(!['greeting', 'ehlo'].includes(step));
        expect(clock.timers).toBe(0);
      });
    }
  }
}

test('a remote that is just quick enough at every step cannot hold a transaction longer than 30 min', async () => {
  const clock = countedClock();
  const there = remote(`${EHLO()}\nC: MAIL*\nS: 250 ok\n${'C: RCPT*\n! drip 20000 250 slow\n'.repeat(20)}`, clock);
  const found = await connecting(dials(there), clock);
  if (!('carry' in found)) throw new Error('not connected');
  const carried = found.carry(message(Array.from({ length: 20 }, (_, n) => `r${n}@x.test`)));
  const isOver = over(carried);
  const before = clock.now();
  while (!isOver()) {
    clock.advance(10_000);
    await calm();
  }
  const result = await carried;
  expect(result.endedAt - before).toBe(DEADLINES.transaction);
  expect(result.broken).toMatchObject({ fault: 'timeout', stage: 'rcpt', detail: 'the transaction took longer than 30 min' });
});
