/**
 * Memory and CPU under hostile loads: 200 clients that send 25 MB each at the
 * same time, and a 5 MB body of lines that begin with dots against a plain one.
 */
import { median, round, type Row } from './figures.ts';
import { cpuSeconds, memory, startPostern } from './programs.ts';
import { Wire } from './wire.ts';

const HEAD = 'From: <app@sender.test>\r\nTo: <big@inbox.test>\r\nSubject: big\r\n\r\n';

export async function bounds({ quick }: { quick: boolean }): Promise<{ rows: Row[]; raw: unknown }> {
  const rows: Row[] = [];
  const clients = quick ? 40 : 200;
  const megabytes = 25;
  const postern = await startPostern({ env: { POSTERN_RETAIN_BYTES: 'none' } });
  try {
    const before = memory(postern.pid).now;
    // Text that is not all the same, so that compression has something to do; one block, sent again and again.
    const block = Buffer.from(Array.from({ length: 13_000 }, (_, i) => `${(i * 2_654_435_761 % 4_294_967_296).toString(36)} ${(i * 40_503 % 65_536).toString(36)} a line of the attachment, number ${i}`).join('\r\n').slice(0, 1024 * 1024 - 2) + '\r\n');
    const began = performance.now();
    let accepted = 0;
    let putOff = 0;
    await Promise.all(Array.from({ length: clients }, async (_, i) => {
      const wire = await new Wire(postern.port).open();
      try {
        await wire.say('MAIL FROM:<app@sender.test>', '250');
        await wire.say(`RCPT TO:<big${i}@inbox.test>`, '250');
        await wire.say('DATA', '354');
        wire.socket.write(HEAD);
        for (let n = 0; n < megabytes; n++) if (!wire.socket.write(block)) await new Promise((resolve) => wire.socket.once('drain', resolve));
        const reply = await wire.say('.', '');
        if (reply.startsWith('250')) accepted++;
        else putOff++;
      } catch (error) {
        if (!/got 4[25]1|got 452/.test(String(error))) throw error;
        putOff++;
      }
      wire.close();
    }));
    const { peak } = memory(postern.pid);
    rows.push({ what: `memory, ${clients} clients sending ${megabytes} MB each`, figure: `peak ${round(peak)} MB (${round(before)} MB before; ${accepted} accepted, ${putOff} put off, ${round((performance.now() - began) / 1000)} s)`, goal: 'bounded: < 600 MB', met: peak < 600 });
  } finally {
    await postern.stop();
  }

  const again = await startPostern();
  try {
    const five = (line: string) => Buffer.from(HEAD + line.repeat(Math.floor((5 * 1024 * 1024) / line.length)));
    const bodies = { plain: five('A line of ordinary length, as in any mail, is about this long.\r\n'), dots: five('..A line that begins with a dot, dot-stuffed as it must be.....\r\n'), short: five('..\r\n') };
    const costs: Record<keyof typeof bodies, number[]> = { plain: [], dots: [], short: [] };
    const wire = await new Wire(again.port).open();
    const settle = async () => {
      for (let last = -1; ;) {
        const now = cpuSeconds(again.pid);
        if (now - last < 0.02) return now;
        last = now;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    };
    for (let i = 0; i < (quick ? 2 : 5); i++) {
      for (const kind of ['plain', 'dots', 'short'] as const) {
        await settle();
        const began = performance.now();
        for (let n = 0; n < 8; n++) await wire.send('dots@inbox.test', bodies[kind]);
        costs[kind].push((performance.now() - began) / 8);
      }
    }
    wire.close();
    const ratio = median(costs.dots) / median(costs.plain);
    rows.push({ what: '5 MB of lines that begin with dots against plain ones', figure: `${round(ratio, 2)} times (${round(median(costs.plain))} to ${round(median(costs.dots))} ms until the 250)`, goal: '≤ 2', met: ratio <= 2 });
    rows.push({ what: '5 MB of lines of nothing but dots', figure: `${round(median(costs.short) / median(costs.plain), 2)} times`, goal: '', met: undefined });
  } finally {
    await again.stop();
  }
  return { rows, raw: null };
}
