/**
 * `npm run bench:classify [-- FILE.jsonl]`: how many replies a second, and
 * how often right. Scores labelled replies where they are there (a line:
 * reply_code, enhanced, text, phase, class, accept, hard); the speed is
 * measured with the rules' own samples otherwise. Writes
 * bench/results/classify.json.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { CLASSES } from '../server/classify/classes.ts';
import { classify } from '../server/classify/classify.ts';
import { RULES } from '../server/classify/rules/index.ts';
import type { ReplyClass } from '../server/classify/verdict.ts';
import { parseReply, readStage, type Reply } from '../server/mail/reply.ts';
import { median, printTable, round, type Row } from './figures.ts';

type Labelled = { reply_code?: number | null; enhanced?: string | null; text: string; phase?: string | null; class: ReplyClass; accept: string[]; hard: boolean };

const file = process.argv[2] ?? new URL('../../shared/data/replies.dev.jsonl', import.meta.url);
const labelled: Labelled[] = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Labelled) : [];
if (labelled.length === 0) console.info('There are no labelled replies here: only the speed is measured.');

const isHard = (name: string): boolean => CLASSES[name as ReplyClass]?.permanence === 'hard';
const read = ({ text, reply_code: code, enhanced, phase }: Pick<Labelled, 'text' | 'reply_code' | 'enhanced' | 'phase'>): Reply => {
  const stage = phase ? readStage(phase) : undefined;
  return parseReply(text, { ...(code ? { code } : {}), ...(enhanced ? { enhanced } : {}), ...(stage ? { stage } : {}) });
};

const rows: Row[] = [];
if (labelled.length > 0) {
  const verdicts = labelled.map((one) => ({ one, verdict: classify(read(one)) }));
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);
  const counted = (of: typeof verdicts, goal: (item: (typeof verdicts)[number]) => boolean): [number, number] => [of.filter(goal).length, of.length];
  const right = counted(verdicts, ({ one, verdict }) => one.accept.includes('*') || one.accept.includes(verdict.class) || one.class === verdict.class);
  const strict = counted(verdicts, ({ one, verdict }) => one.class === verdict.class);
  // Not to be suppressed: no class that would be right for it is hard.
  const others = verdicts.filter(({ one }) => !one.hard && !isHard(one.class) && !one.accept.some((name) => name === '*' || isHard(name)));
  const wrongly = counted(others, ({ verdict }) => isHard(verdict.class));
  const hard = counted(verdicts.filter(({ one }) => one.hard), ({ verdict }) => isHard(verdict.class));
  const unknown = counted(verdicts, ({ one, verdict }) => verdict.class === 'unknown' && one.class !== 'unknown');
  const row = (what: string, [part, whole]: [number, number], goal: string, met?: (percent: number) => boolean) => {
    const percent = share(part, whole);
    rows.push({ what, figure: `${round(percent, 1)} % (${part} of ${whole})`, goal, met: met?.(percent) });
  };
  row('right (a class that counts as right)', right, '≥ 95 %', (percent) => percent >= 95);
  row('exactly the first class', strict, '');
  row('recipients wrongly suppressed', wrongly, '≤ 0.5 %', (percent) => percent <= 0.5);
  row('hard ones found', hard, '≥ 95 %', (percent) => percent >= 95);
  row('unknown', unknown, '≤ 3 %', (percent) => percent <= 3);
}

const texts = labelled.length > 0 ? labelled : RULES.flatMap(({ samples }) => samples.map((text) => ({ text })));
const rounds: number[] = [];
for (let i = 0; i < 12; i++) {
  // Of the processor's time, so that what else the machine does counts little.
  const begun = process.cpuUsage();
  let count = 0;
  for (let n = 0; n < 8; n++) for (const one of texts) { classify(read(one)); count++; }
  // The first rounds warm up.
  if (i >= 4) {
    const { user, system } = process.cpuUsage(begun);
    rounds.push((1_000_000 * count) / (user + system));
  }
}
const speed = median(rounds);
rows.push({ what: 'replies a second of processor time (median)', figure: round(speed), goal: '> 50,000', met: speed > 50_000 });
printTable(rows);
mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
writeFileSync(new URL('./results/classify.json', import.meta.url), JSON.stringify({ at: new Date().toISOString(), node: process.version, replies: labelled.length, rules: RULES.length, rows }, null, 2));
