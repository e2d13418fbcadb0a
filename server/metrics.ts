/**
 * What is counted, for GET /metrics (Prometheus text). The hot path adds to
 * plain numbers; the client library is loaded with the first scrape and only
 * then told of them. Each server has its own registry: several can live in
 * one process.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from '@prometheus-io/client';
import type { Submission } from './admission/port.ts';
import type { Refusal } from './admission/refusal.ts';
import type { QueueMode } from './mail/recipient.ts';
import type { StoreStats } from './store/port.ts';

/** Read at each scrape. */
export type Gauges = {
  stats?: () => StoreStats;
  /** Messages that wait for the parser. */
  backlog?: () => number | Promise<number>;
  smtpConnections?: () => number;
  httpConnections?: () => number;
  subscribers?: () => number;
  waits?: () => number;
  /** Octets of message data in memory. */
  inFlight?: () => number;
  /** Waiting recipients, and the age of the oldest in seconds, by stream and site. */
  queue?: () => Promise<{ stream: string; mode: QueueMode; site: string; waiting: number; oldestSeconds: number }[]>;
};

export type Metrics = {
  /** For AdmitOptions.heard, and for refusals made before the gate. */
  heard(outcome: { kind: 'accepted'; submission: Submission } | Refusal): void;
  /** A recipient's attempt (or its end without one) was settled. */
  settled(outcome: string, stream: string, mode: QueueMode): void;
  /** Adds gauges; later ones of the same name win. */
  watch(gauges: Gauges): void;
  /** An HTTP answer, counted by its class (2xx …). */
  answered(status: number): void;
  scrape(): Promise<{ type: string; text: string }>;
  close(): void;
};

type Way = 'smtp' | 'http';

/** Sites with lines of their own: a label for each of ten thousand would hurt who scrapes. */
const SITES_SHOWN = 200;

export function createMetrics(): Metrics {
  const accepted: Record<Way, number> = { smtp: 0, http: 0 };
  const octets: Record<Way, number> = { smtp: 0, http: 0 };
  const recipients: Record<Way, number> = { smtp: 0, http: 0 };
  const refused = new Map<string, number>();
  const answers = new Map<string, number>();
  /** By `stream` and `outcome`, with a NUL between. */
  const settled = new Map<string, number>();
  const gauges: Gauges = {};
  // 20 ms: a finer timer wakes an idle process for nothing.
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  let registry: Promise<Registry> | undefined;

  const add = (map: Map<string, number>, key: string) => void map.set(key, (map.get(key) ?? 0) + 1);

  async function build(): Promise<Registry> {
    const { Registry, Counter, Gauge } = await import('@prometheus-io/client');
    const own = new Registry();
    const registers = [own];
    const counter = (name: string, help: string, label: string, read: () => Iterable<[string, number]>) =>
      new Counter({ name, help, labelNames: [label], registers, collect() {
        this.reset();
        for (const [value, count] of read()) this.inc({ [label]: value }, count);
      } });
    const gauge = (name: string, help: string, read: () => number | Promise<number> | undefined) =>
      new Gauge({ name, help, registers, async collect() { this.set((await read()) ?? 0); } });

    counter('postern_accepted_total', 'Messages accepted and committed.', 'via', () => Object.entries(accepted));
    counter('postern_accepted_bytes_total', 'Octets of the messages accepted.', 'via', () => Object.entries(octets));
    counter('postern_accepted_recipients_total', 'Envelope recipients of the messages accepted.', 'via', () => Object.entries(recipients));
    counter('postern_refused_total', 'Messages and commands refused.', 'reason', () => refused);
    counter('postern_http_answers_total', 'HTTP answers.', 'status', () => answers);
    gauge('postern_commit_last_batch', 'Submissions that shared the last commit.', () => gauges.stats?.().lastBatch);
    gauge('postern_in_flight_bytes', 'Octets of message data held in memory while they come in.', () => gauges.inFlight?.());
    gauge('postern_parse_backlog', 'Messages that wait to be parsed and indexed.', () => gauges.backlog?.());
    gauge('postern_waits', 'Requests that wait for mail.', () => gauges.waits?.());
    gauge('postern_subscribers', 'Open event streams and sockets.', () => gauges.subscribers?.());
    const labelled = (name: string, help: string, label: string, read: () => Iterable<[string, number]>) =>
      new Gauge({ name, help, labelNames: [label], registers, collect() { for (const [value, count] of read()) this.set({ [label]: value }, count); } });
    labelled('postern_connections', 'Open client connections.', 'protocol', () => [['smtp', gauges.smtpConnections?.() ?? 0], ['http', gauges.httpConnections?.() ?? 0]]);
    labelled('postern_event_loop_lag_seconds', 'How late timers ran since the last scrape.', 'quantile', () => {
      // The histogram counts the 20 ms of its own timer; nanoseconds.
      const seconds = (value: number) => Math.max(0, value / 1e9 - 0.02) || 0;
      const read: [string, number][] = [['0.5', seconds(lag.percentile(50))], ['0.99', seconds(lag.percentile(99))], ['1', seconds(lag.max)]];
      lag.reset();
      return read;
    });
    own.registerMetric(new Counter({ name: 'postern_settled_total', help: 'Recipients settled, by what became of them.', labelNames: ['stream', 'mode', 'outcome'], collect() {
      this.reset();
      for (const [key, count] of settled) {
        const [stream = '', mode = '', outcome = ''] = key.split('\0');
        this.inc({ stream, mode, outcome }, count);
      }
    } }));
    // Set by the one before it, which is collected first and asks once for both.
    const oldest = new Gauge({ name: 'postern_queue_oldest_seconds', help: 'Age of the oldest waiting recipient, on its own clock.', labelNames: ['stream', 'mode', 'site'] });
    own.registerMetric(new Gauge({ name: 'postern_queue_waiting', help: `Recipients that wait, by stream, mode and site; the ${SITES_SHOWN} fullest sites.`, labelNames: ['stream', 'mode', 'site'], async collect() {
      this.reset();
      oldest.reset();
      const all = ((await gauges.queue?.()) ?? []).filter(({ waiting }) => waiting > 0).sort((a, b) => b.waiting - a.waiting);
      for (const { stream, mode, site, waiting, oldestSeconds } of all.slice(0, SITES_SHOWN)) {
        this.set({ stream, mode, site }, waiting);
        oldest.set({ stream, mode, site }, oldestSeconds);
      }
    } }));
    own.registerMetric(oldest);
    gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
    return own;
  }

  return {
    heard(outcome) {
      if (outcome.kind === 'refused') return add(refused, outcome.reason);
      const { via, body, envelope } = outcome.submission;
      accepted[via]++;
      octets[via] += body.size;
      recipients[via] += envelope.recipients.length;
    },
    settled: (outcome, stream, mode) => add(settled, `${stream}\0${mode}\0${outcome}`),
    watch: (more) => void Object.assign(gauges, more),
    answered: (status) => add(answers, `${Math.floor(status / 100)}xx`),
    async scrape() {
      const own = await (registry ??= build());
      const stats = gauges.stats?.();
      return { type: own.contentType, text: (await own.metrics()) + (stats ? commits(stats) : '') };
    },
    close: () => void lag.disable(),
  };
}

/** The store keeps its own histogram (it may live in another thread), so its lines are written as they are. */
function commits({ commits, submissions, commitSeconds, commitSecondsSum }: StoreStats): string {
  const buckets = commitSeconds.filter(({ le }) => Number.isFinite(le)).map(({ le, count }) => `postern_commit_seconds_bucket{le="${le}"} ${count}\n`).join('');
  return `# HELP postern_commit_seconds How long a commit took, synced to disk.
# TYPE postern_commit_seconds histogram
${buckets}postern_commit_seconds_bucket{le="+Inf"} ${commits}
postern_commit_seconds_sum ${commitSecondsSum}
postern_commit_seconds_count ${commits}
# HELP postern_committed_submissions_total Submissions committed; divided by commits: the batch size.
# TYPE postern_committed_submissions_total counter
postern_committed_submissions_total ${submissions}
`;
}
