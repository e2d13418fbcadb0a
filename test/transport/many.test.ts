/** Ten thousand messages: nothing piles up, and each costs little. */
import { expect, test } from 'vitest';
import { accepting } from './many.ts';
import { calm, connecting, countedClock, message, octets } from './house.ts';
import { dials } from './script.ts';

const CPU_MOST_US = 200; // 5,000 a second of one core, the remote's share included

for (const extensions of [['PIPELINING', 'SIZE 1000000'], []]) {
  test(`10,000 messages over one connection (${extensions[0] ?? 'no PIPELINING'}) leave no timer and no listener, at 5,000 a second or better`, async () => {
    const clock = countedClock();
    const there = accepting(extensions);
    const carrier = await connecting(dials(there.client), clock);
    if (!('carry' in carrier)) throw new Error('not connected');
    const listeners = () => there.client.eventNames().map((name) => [String(name), there.client.listenerCount(name)]);
    const raw = Buffer.from(`Subject: x\r\n\r\n${`${'y'.repeat(70)}\r\n`.repeat(28)}`);
    await carrier.carry(message());
    const before = listeners();
    const cpu = process.cpuUsage();
    for (let i = 0; i < 10_000; i++) {
      const result = await carrier.carry(message(['b@x.test'], { size: raw.length, open: async () => octets(raw) }));
      if (!result.alive) throw new Error(JSON.stringify(result));
    }
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 10_000).toBeLessThan(CPU_MOST_US);
    expect(there.taken()).toBe(10_001);
    expect(carrier.carried).toBe(10_001);
    expect(clock.timers).toBe(0);
    expect(listeners()).toEqual(before);
    carrier.close();
    await carrier.closed;
    await calm();
    expect(clock.timers).toBe(0);
    for (const name of ['data', 'end', 'drain', 'readable']) expect(there.client.listenerCount(name)).toBe(0);
    // An error that comes after everything is over is nobody's.
    expect(() => there.client.emit('error', new Error('late'))).not.toThrow();
  });
}

test('1,000 connections, opened and closed, leave nothing', async () => {
  const clock = countedClock();
  for (let i = 0; i < 1_000; i++) {
    const there = accepting(['PIPELINING']);
    const carrier = await connecting(dials(there.client), clock);
    if (!('carry' in carrier)) throw new Error('not connected');
    await carrier.carry(message());
    carrier.close();
    await carrier.closed;
    expect(there.client.destroyed).toBe(true);
  }
  expect(clock.timers).toBe(0);
});
