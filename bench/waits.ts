/** How long after the 250 an open wait answers: the wait is held first, then the mail is sent. */
import { percentile, round, type Row } from './figures.ts';
import { startPostern } from './programs.ts';
import { mail, Wire } from './wire.ts';

export async function waits({ quick }: { quick: boolean }): Promise<{ rows: Row[]; raw: unknown }> {
  const postern = await startPostern();
  const delays: number[] = [];
  try {
    const wire = await new Wire(postern.port).open();
    const samples = quick ? 100 : 500;
    for (let i = -20; i < samples; i++) {
      const to = `wait-${i}@inbox.test`;
      const found = fetch(`${postern.http}/v1/wait?inbox=${encodeURIComponent(to)}&timeout=20s`).then(async (response) => {
        if (response.status !== 200) throw new Error(`wait answered ${response.status}`);
        await response.arrayBuffer();
        return performance.now();
      });
      await new Promise((resolve) => setTimeout(resolve, 5)); // so that the wait is open before the mail is sent
      await wire.send(to, mail(`wait ${i}`));
      const accepted = performance.now();
      const delay = (await found) - accepted;
      if (i >= 0) delays.push(delay);
    }
    wire.close();
  } finally {
    await postern.stop();
  }
  const [p50, p99] = [percentile(delays, 50), percentile(delays, 99)];
  return {
    rows: [
      { what: 'an open wait answers after the 250, p50', figure: `${round(p50, 1)} ms`, goal: '≤ 10 ms', met: p50 <= 10 },
      { what: 'an open wait answers after the 250, p99', figure: `${round(p99, 1)} ms`, goal: '≤ 30 ms', met: p99 <= 30 },
    ],
    raw: { p50, p99 },
  };
}
