/**
 * How fast mail goes through: accepted over SMTP, queued durably, delivered to
 * the pretend remote, settled; beside Postfix that relays to smtp-sink. Then
 * a one-time code beside a blast of 100,000, and how long 72 simulated hours
 * of retries take.
 */
import { median, percentile, round, type Row } from './figures.ts';
import { startPostfix } from './postfix.ts';
import { has, startPostern } from './programs.ts';
import { delivered, pause, post, source, startCountingSink, until } from './through.ts';

export async function delivery({ quick }: { quick: boolean }): Promise<{ rows: Row[]; raw: unknown }> {
  const through = await throughput(quick);
  const beside = await besideBlast(quick ? 20_000 : 100_000, quick ? 60 : 200);
  const lives = await life(quick ? 200 : 1_000);
  return { rows: [...through.rows, ...beside.rows, ...lives.rows], raw: { through: through.raw, beside: beside.raw, lives: lives.raw } };
}

async function throughput(quick: boolean): Promise<{ rows: Row[]; raw: unknown }> {
  const goal = '≥ 1,500/s and ≥ 2 × Postfix';
  if (!has('smtp-source')) return { rows: [{ what: 'accepted to delivered', figure: 'skipped: smtp-source (Debian: postfix) is not installed', goal, met: undefined }], raw: null };
  const messages = quick ? 5_000 : 20_000;
  const rounds = quick ? 1 : 3;
  const postern = await startPostern({ env: { POSTERN_MODE: 'simulate' } });
  const sink = await startCountingSink();
  const postfix = sink && await startPostfix(sink);
  const rates: { postern: number[]; postfix: number[] } = { postern: [], postfix: [] };
  try {
    let before = await delivered(postern.http!, 'default');
    const ours = async (count: number) => {
      const began = performance.now();
      await source(postern, count);
      await until(async () => (await delivered(postern.http!, 'default')) >= before + count);
      before += count;
      return count / ((performance.now() - began) / 1000);
    };
    const theirs = async (count: number) => {
      const from = sink!.messages();
      const began = performance.now();
      await source(postfix!, count);
      await until(() => sink!.messages() >= from + count);
      return count / ((performance.now() - began) / 1000);
    };
    await ours(2_000); // warm
    if (postfix) await theirs(500);
    for (let i = 0; i < rounds; i++) {
      rates.postern.push(await ours(messages));
      if (postfix) rates.postfix.push(await theirs(Math.ceil(messages / 5)));
    }
  } finally {
    await postern.stop();
    await postfix?.stop();
    await sink?.stop();
  }
  const rate = median(rates.postern);
  const ratio = postfix ? median(rates.postern.map((one, i) => one / rates.postfix[i]!)) : undefined;
  const beside = ratio === undefined ? 'Postfix cannot be run here' : `${round(ratio, 1)} × Postfix to smtp-sink, ${round(median(rates.postfix))}/s`;
  return { rows: [{ what: 'accepted to delivered (2 KB, 20 clients)', figure: `${round(rate)} messages/s; ${beside}`, goal, met: rate >= 1_500 && (ratio ?? 2) >= 2 }], raw: rates };
}

const letter = (to: string, subject: string) => ({ from: 'app@sender.test', to, subject, text: 'Your order is on its way and will reach you in three days. '.repeat(30) });

async function blast(http: string, stream: string, count: number, to: (n: number) => string): Promise<void> {
  for (let n = 0; n < count; n += 500) {
    await post(`${http}/v1/streams/${stream}/messages`, Array.from({ length: Math.min(500, count - n) }, (_, i) => letter(to(n + i), `m${n + i}`)));
  }
}

/** Milliseconds from the answer to a one-time code's submission until it is delivered, while another stream's blast goes out. */
async function besideBlast(size: number, codes: number): Promise<{ rows: Row[]; raw: unknown }> {
  const { http, stop } = await startPostern();
  try {
    const at = http!;
    await post(`${at}/v1/streams`, { name: 'bulk', mode: 'simulate' });
    await post(`${at}/v1/streams`, { name: 'codes', mode: 'simulate' });
    // Queued whole before it is let go, so that it is there from the first code to the last.
    await post(`${at}/v1/queue/pause`, { stream: 'bulk', reason: 'until the blast is whole' });
    await blast(at, 'bulk', size, (n) => `user${n}@site${n % 40}.test`);
    await post(`${at}/v1/queue/resume`, { stream: 'bulk' });
    const took: number[] = [];
    for (let n = 0; n < codes; n++) {
      const began = performance.now();
      const { id } = await post<{ id: string }>(`${at}/v1/streams/codes/messages`, letter(`ann${n}@phone.test`, `Code ${n}`));
      const answer = await fetch(`${at}/v1/events/wait?stream=codes&message=${id}&types=recipient.delivered&timeout=30s`);
      if (!answer.ok) throw new Error(`code ${n} was not delivered within 30 s`);
      await answer.arrayBuffer();
      took.push(performance.now() - began);
      await pause(40);
    }
    const left = size - (await delivered(at, 'bulk'));
    const p99 = percentile(took, 99);
    return {
      rows: [{ what: `a one-time code beside a blast of ${size}`, figure: `p50 ${round(median(took), 1)} ms, p99 ${round(p99, 1)} ms, submission included (${left} of the blast were still queued at the end)`, goal: 'p99 ≤ 250 ms', met: p99 <= 250 && left > 0 }],
      raw: { took, left },
    };
  } finally {
    await stop();
  }
}

/** A remote that always says 451: every recipient is tried until it expires. */
async function life(recipients: number): Promise<{ rows: Row[]; raw: unknown }> {
  const { http, stop } = await startPostern();
  try {
    const at = http!;
    const lived = async (stream: string, count: number) => {
      await post(`${at}/v1/streams`, { name: stream, mode: 'simulate', delivery: { schedule: 'bulk', expiresAfter: '72h' } });
      await post(`${at}/v1/streams/${stream}/scenario`, { rules: [{ what: { at: 'rcpt', reply: { code: 451, enhanced: '4.3.0', text: 'Try again later' } } }] }, 'PUT');
      await blast(at, stream, count, (n) => `user${n}@site${n % 10}.test`);
      const began = performance.now();
      const summary = await post<{ attempts: number; expired: number; steps: number }>(`${at}/v1/streams/${stream}/clock/advance`, { to: 'idle' });
      return { ms: performance.now() - began, ...summary };
    };
    const one = await lived('one', 1);
    const all = await lived('all', recipients);
    return {
      rows: [
        { what: `72 hours of retries, ${recipients} recipients`, figure: `${round(all.ms)} ms (${all.attempts} attempts in ${all.steps} steps, ${all.expired} expired)`, goal: '< 5,000 ms', met: all.ms < 5_000 && all.expired === recipients },
        { what: '72 hours of retries, one recipient', figure: `${round(one.ms)} ms (${one.attempts} attempts)`, goal: '< 200 ms', met: one.ms < 200 && one.expired === 1 },
      ],
      raw: { one, all },
    };
  } finally {
    await stop();
  }
}
