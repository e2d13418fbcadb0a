import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Wire } from './wire.ts';

/** A wire whose commands wait until `go` is called. */
function slowWire() {
  const heard: string[] = [];
  const dones: (() => void)[] = [];
  const ended = vi.fn();
  const wire = new Wire(1_000, { command: (line, done) => void (heard.push(line), dones.push(done)), tooLong: (done) => done(), ended });
  return { wire, heard, ended, go: () => dones.shift()!() };
}

test('what comes while a command is out waits for it, in its order, also over the edges of chunks', () => {
  const { wire, heard, ended, go } = slowWire();
  wire.write(Buffer.from('ONE\r\nTW'));
  wire.write(Buffer.from('O\r\n'));
  wire.write(Buffer.from('THREE\r\n'));
  wire.end();
  expect(heard).toEqual(['ONE']);
  go();
  expect(heard).toEqual(['ONE', 'TWO']);
  go();
  expect(ended).not.toHaveBeenCalled();
  go();
  expect(heard).toEqual(['ONE', 'TWO', 'THREE']);
  expect(ended).toHaveBeenCalledOnce();
});

test('who sends much ahead has to wait, and may go on when all of it is read', () => {
  const { wire, heard, go } = slowWire();
  const drained = vi.fn();
  wire.on('drain', drained);
  expect(wire.write(Buffer.from('ONE\r\n'))).toBe(true);
  expect(wire.write(Buffer.from(`${'x'.repeat(64 * 1024)}\r\n`))).toBe(false);
  expect(wire.write(Buffer.from('TWO\r\n'))).toBe(false);
  expect(drained).not.toHaveBeenCalled();
  go();
  expect(heard).toEqual(['ONE', 'TWO']);
  go();
  expect(drained).toHaveBeenCalledOnce();
  expect(wire.write(Buffer.from('THREE\r\n'))).toBe(true);
});

test('once closed it takes all and hears nothing, also while a command is out', () => {
  const { wire, heard, ended, go } = slowWire();
  wire.write(Buffer.from('ONE\r\nTWO\r\n'));
  wire.isClosed = true;
  expect(wire.write(Buffer.alloc(100_000, 'NOOP\r\n'))).toBe(true);
  go();
  wire.end();
  expect(heard).toEqual(['ONE']);
  expect(ended).not.toHaveBeenCalled();
});

test('a stream can be piped into it, as the library does after STARTTLS', async () => {
  const heard: string[] = [];
  const source = new PassThrough();
  const wire = new Wire(1_000, { command: (line, done) => void (heard.push(line), setImmediate(done)), tooLong: (done) => done(), ended: () => wire.emit('over') });
  source.pipe(wire as unknown as NodeJS.WritableStream);
  for (let i = 0; i < 5; i++) source.write(`NOOP ${i}\r\n`.repeat(3_000));
  source.end();
  await once(wire, 'over');
  expect(heard).toHaveLength(15_000);
  expect(heard.at(-1)).toBe('NOOP 4');
});

/** What a client says: commands, and after each DATA a message, dot-stuffed. */
const said = fc.array(fc.oneof(
  fc.record({ command: fc.stringMatching(/^[A-Z]{1,8} [ -~é]{0,300}$/) }),
  fc.record({ message: fc.array(fc.oneof(fc.constantFrom('', '.', '..', '\r', '\n', '.\r', 'x'.repeat(5_000)), fc.string({ maxLength: 40 })), { maxLength: 12 }).map((lines) => lines.map((line) => `${line.replaceAll('\r\n', '')}\r\n`).join('')) }),
), { maxLength: 12 });

test('what is read is written over as soon as it is read, and nothing that was heard changes', () => {
  fc.assert(fc.property(said, fc.infiniteStream(fc.integer({ min: 1, max: 3_000 })), fc.infiniteStream(fc.boolean()), (steps, sizes, laters) => {
    const isLater = () => laters.next().value as boolean;
    const heard: string[] = [];
    const dones: (() => void)[] = [];
    const answer = (done: () => void) => (isLater() ? void dones.push(done) : done());
    const wire = new Wire(10_000, {
      command(line, done) {
        heard.push(line);
        if (line === 'DATA') {
          const pieces: Buffer[] = [];
          wire.beginBody({ write: (piece) => void pieces.push(piece), end: (over) => (heard.push(Buffer.concat(pieces).toString()), answer(over)) });
        }
        answer(done);
      },
      tooLong: (done) => done(), ended: () => {},
    });
    const octets = Buffer.from(steps.map((step) => ('command' in step ? `${step.command}\r\n` : `DATA\r\n${step.message.replace(/(^|\r\n)\./g, '$1..')}.\r\n`)).join(''));
    const shared = Buffer.alloc(3_000);
    for (let at = 0; at < octets.length;) {
      const length = octets.copy(shared, 0, at, at + (sizes.next().value as number));
      at += length;
      wire.write(shared.subarray(0, length));
      shared.fill('#');
      if (isLater()) dones.shift()?.();
    }
    for (let done; (done = dones.shift()) !== undefined;) done();
    expect(heard).toEqual(steps.flatMap((step) => ('command' in step ? [step.command] : ['DATA', step.message])));
  }), { numRuns: 300 });
});
