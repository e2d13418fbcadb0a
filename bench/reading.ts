/** With 100,000 messages there: resident memory, and how long lists and full-text searches take. */
import { percentile, round, type Row } from './figures.ts';
import { memory, startPostern } from './programs.ts';
import { mail, Wire } from './wire.ts';

const WORDS = 'invoice order password reset welcome newsletter receipt shipment refund account security update meeting calendar ticket support payment delivery confirm notice'.split(' ');

export async function reading({ quick }: { quick: boolean }): Promise<{ rows: Row[]; raw: unknown }> {
  const messages = quick ? 10_000 : 100_000;
  const postern = await startPostern({ env: { POSTERN_RETAIN_MESSAGES: 'none' } });
  const rows: Row[] = [];
  try {
    const clients = await Promise.all(Array.from({ length: 20 }, () => new Wire(postern.port).open()));
    let next = 0;
    await Promise.all(clients.map(async (wire) => {
      while (next < messages) {
        const i = next++;
        await wire.send(`user${i % 5_000}@inbox.test`, mail(`${WORDS[i % 20]} number ${i}`, 2048, `X-Run: ${i % 97}\r\n`));
      }
      wire.close();
    }));
    const afterIntake = memory(postern.pid);
    const indexBegan = performance.now();
    for (;;) {
      const page = (await (await fetch(`${postern.http}/v1/messages?limit=1&q=number`)).json()) as { unindexed: number };
      if (page.unindexed === 0) break;
      if (performance.now() - indexBegan > 600_000) throw new Error(`${page.unindexed} messages are still not indexed after 10 minutes`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const indexMs = performance.now() - indexBegan;
    const rss = memory(postern.pid);
    rows.push({ what: `resident memory after ${round(messages)} messages`, figure: `${round(Math.max(rss.now, afterIntake.now))} MB (peak ${round(rss.peak)} MB)`, goal: '< 300 MB', met: Math.max(rss.now, afterIntake.now) < 300 });
    rows.push({ what: 'indexed after the last 250', figure: `${round(indexMs / 1000, 1)} s`, goal: '', met: undefined });

    const timed = async (what: string, goal: number, path: (i: number) => string) => {
      const times: number[] = [];
      for (let i = -10; i < 200; i++) {
        const began = performance.now();
        const response = await fetch(postern.http + path(i));
        await response.arrayBuffer();
        if (response.status !== 200) throw new Error(`${path(i)} answered ${response.status}`);
        if (i >= 0) times.push(performance.now() - began);
      }
      const p95 = percentile(times, 95);
      rows.push({ what: `${what}, p95`, figure: `${round(p95, 1)} ms`, goal: `≤ ${goal} ms`, met: p95 <= goal });
    };
    await timed('list of 50, newest', 10, () => '/v1/messages');
    await timed('list of 50 of one inbox', 10, (i) => `/v1/messages?inbox=user${(i + 10) * 7}@inbox.test`);
    await timed('list of 50, stream and tag filters', 10, () => '/v1/messages?stream=default&unread=true');
    await timed('full-text search, a common word', 50, (i) => `/v1/messages?q=${WORDS[(i + 20) % 20]}`);
    await timed('full-text search, two words', 50, (i) => `/v1/messages?q=${WORDS[(i + 20) % 20]}+number`);
    await timed('full-text search, a rare word', 50, (i) => `/v1/messages?q=${(i + 10) * 37}`);
    await timed('search with operators', 50, (i) => `/v1/messages?q=${encodeURIComponent(`to:user${i + 10}@inbox.test ${WORDS[(i + 20) % 20]} OR subject:refund`)}`);
  } finally {
    await postern.stop();
  }
  return { rows, raw: null };
}
