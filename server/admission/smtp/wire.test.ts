import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { Wire } from './wire.ts';

/** A wire whose commands wait until `go` is called. */
function slowWire() {
  const heard: string[] = [];
  const dones: (() => void)[] = [];
  const ended = vi.fn();
  const wire = new Wire(1_000, { command: (line, done) => void (heard.push(line.toString()), dones.push(done)), tooLong: (done) => done(), ended });
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
  const wire = new Wire(1_000, { command: (line, done) => void (heard.push(line.toString()), setImmediate(done)), tooLong: (done) => done(), ended: () => wire.emit('over') });
  source.pipe(wire as unknown as NodeJS.WritableStream);
  for (let i = 0; i < 5; i++) source.write(`NOOP ${i}\r\n`.repeat(3_000));
  source.end();
  await once(wire, 'over');
  expect(heard).toHaveLength(15_000);
  expect(heard.at(-1)).toBe('NOOP 4');
});
