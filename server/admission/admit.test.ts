import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { idMaker } from '../ids.ts';
import type { Session } from '../mail/session.ts';
import { type AdmitOptions, createAdmit, type Intake, type Particulars, type Sealed } from './admit.ts';
import { StoreFault, type AdmissionStore, type BodyWriter, type Submission } from './port.ts';
import type { Refusal } from './refusal.ts';

const session: Session = { id: 's', protocol: 'smtp', client: { address: '127.0.0.1', port: 1 }, transcript: [], times: { opened: 0, received: 0 } };
const particulars: Particulars = { stream: 'default', via: 'smtp', envelope: { from: '', recipients: [{ address: 'a@b.test' }] }, session };

function gate({ messageSize = 1000, inFlight = 5000, fault = undefined as StoreFault | undefined, writeFault = undefined as StoreFault | undefined, plan = undefined as AdmitOptions['plan'] } = {}) {
  const kept: { id: string; bytes: string; submission: Submission }[] = [];
  const bodies: { open: boolean }[] = [];
  const heard: string[] = [];
  const store: AdmissionStore = {
    openBody() {
      const state = { open: true };
      bodies.push(state);
      const chunks: Uint8Array[] = [];
      const writer: BodyWriter & { text(): string } = {
        get size() { return chunks.reduce((sum, chunk) => sum + chunk.length, 0); },
        get held() { return this.size; },
        write(chunk) { if (writeFault) throw writeFault; chunks.push(chunk); },
        abort() { state.open = false; },
        text: () => Buffer.concat(chunks).toString(),
      };
      return writer;
    },
    async accept(submissions) {
      if (fault) throw fault;
      for (const submission of submissions) kept.push({ id: submission.id, bytes: (submission.body as BodyWriter & { text(): string }).text(), submission });
      return { kind: 'accepted' };
    },
    idempotent: async () => undefined,
  };
  const admit = createAdmit({
    store, clock: manualClock(), makeId: idMaker(), limits: { messageSize, inFlight }, streamTags: () => ['from-stream'],
    ...(plan ? { plan } : {}),
    heard: (outcome) => heard.push(outcome.kind === 'accepted' ? 'accepted' : outcome.reason),
  });
  return { admit, kept, heard, bodies };
}

const opened = (intake: Intake | Refusal): Intake => {
  if ('kind' in intake) throw new Error(intake.text);
  return intake;
};
const sealed = (one: Sealed | Refusal): Sealed => {
  if (one.kind === 'refused') throw new Error(one.text);
  return one;
};

test('a message is accepted with its bytes, its header read, and the tags of stream, header and request', async () => {
  const { admit, kept, heard } = gate();
  const intake = opened(admit.open());
  for (const piece of ['Subject: Hi\r\nX-Tags: b', ', from-stream\r\n', '\r\nbody']) await intake.write(Buffer.from(piece));
  expect(admit.inFlight()).toBe(intake.size);
  const outcome = await admit.commit(sealed(intake.seal({ ...particulars, tags: ['c', 'b'] })));
  expect(outcome).toEqual({ kind: 'accepted', id: kept[0]!.id });
  expect(kept[0]).toMatchObject({ bytes: 'Subject: Hi\r\nX-Tags: b, from-stream\r\n\r\nbody', submission: { header: { subject: 'Hi' }, tags: ['from-stream', 'b', 'c'] } });
  expect(admit.inFlight()).toBe(0);
  expect(heard).toEqual(['accepted']);
});

test('a message that says it is too large is refused before a byte of it, one that turns out to be is refused at its end', async () => {
  const { admit, kept, heard, bodies } = gate({ messageSize: 10 });
  expect(admit.open(11)).toMatchObject({ kind: 'refused', code: 552, enhanced: '5.3.4' });
  const intake = opened(admit.open(10));
  await intake.write(Buffer.from('12345678'));
  expect(intake.refusal).toBeUndefined();
  await intake.write(Buffer.from('9012'));
  expect(intake.refusal).toMatchObject({ reason: 'message-too-large' });
  await intake.write(Buffer.alloc(1000)); // swallowed
  expect(admit.inFlight()).toBe(0);
  expect(intake.seal(particulars)).toMatchObject({ kind: 'refused', code: 552 });
  expect(kept).toEqual([]);
  expect(bodies.every((body) => !body.open)).toBe(true);
  expect(heard).toEqual(['message-too-large', 'message-too-large']);
});

test('while too much is in flight new mail is put off, and what is under way goes on', async () => {
  const { admit } = gate({ inFlight: 100 });
  const first = opened(admit.open());
  await first.write(Buffer.alloc(100));
  expect(admit.open()).toMatchObject({ kind: 'refused', code: 452, enhanced: '4.3.1', reason: 'no-room' });
  expect(await admit.commit(sealed(first.seal(particulars)))).toMatchObject({ kind: 'accepted' });
  expect(admit.open()).not.toHaveProperty('kind');
});

test.each([['full', 'disk-full', 452], ['broken', 'store-broken', 452], ['closed', 'shutting-down', 421]] as const)('a store that is %s refuses with %s', async (why, reason, code) => {
  const late = gate({ fault: new StoreFault(why, 'x') });
  const intake = opened(late.admit.open());
  await intake.write(Buffer.from('x'));
  expect(await late.admit.commit(sealed(intake.seal(particulars)))).toMatchObject({ kind: 'refused', reason, code });
  expect(late.admit.inFlight()).toBe(0);

  const early = gate({ writeFault: new StoreFault(why, 'x') });
  const broken = opened(early.admit.open());
  await broken.write(Buffer.from('x'));
  expect(broken.seal(particulars)).toMatchObject({ kind: 'refused', reason });
});

test('an error that is a bug is not turned into a refusal', async () => {
  const { admit } = gate({ fault: new TypeError('bug') as unknown as StoreFault });
  const intake = opened(admit.open());
  await expect(admit.commit(sealed(intake.seal(particulars)))).rejects.toThrow('bug');
});

test('where the mail of a batch goes is judged when all of it is there: what was approved meanwhile is not held', async () => {
  let isOver = false;
  const times = { queuedAt: 0, due: 0, expiresAt: 1 };
  const { admit, kept } = gate({ plan: async () => ({ mode: 'deliver', priority: 'normal', ...times, destinations: ['b.test'], held: [isOver ? null : { reason: 'canary', text: 'waits' }] }) });
  const first = sealed(opened(admit.open()).seal(particulars));
  await Promise.resolve();
  isOver = true;
  const second = sealed(opened(admit.open()).seal(particulars));
  expect(await admit.commitAll([first, second])).toEqual({ kind: 'accepted' });
  expect(kept.map(({ submission }) => submission.queue?.held)).toEqual([[null], [null]]);
});
