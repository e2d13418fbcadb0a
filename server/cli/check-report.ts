/**
 * A pre-flight for people: a line for each finding, the records that belong
 * to what is wrong, and at the end what to publish, in the form of a zone
 * file from the first column on, so that it can be copied. Pure; colours only
 * where they are asked for.
 */
import { type Finding, type Preflight, PREFLIGHT_CHECKS, type PreflightCheck, type ZoneRecord } from '../preflight/preflight.ts';
import { zoneLines } from './zone-file.ts';

export type ReportOptions = { /** Columns of the terminal. */ width: number; colour: boolean };

const NAMES: Record<PreflightCheck, string> = {
  gate: 'Gate', spf: 'SPF', dkim: 'DKIM', dmarc: 'DMARC', mx: 'MX', 'return-path': 'Return path', ptr: 'PTR', helo: 'EHLO',
  'mta-sts': 'MTA-STS', 'tls-rpt': 'TLS-RPT', dane: 'DANE', 'port-25': 'Port 25',
};
const MARKS = { pass: '✓', warn: '!', fail: '✗', skip: '–' } as const;
const COLOURS = { pass: 32, warn: 33, fail: 31, skip: 2 } as const;
/** Nobody misses them where they were not asked for. */
const UNASKED: readonly PreflightCheck[] = ['gate', 'port-25'];
const LEAST = 60;
const MOST = 100;
/** Of mark, verdict and name. */
const INDENT = 22;

export function preflightReport({ domain, stream, findings }: Pick<Preflight, 'domain' | 'stream' | 'findings'>, { width, colour }: ReportOptions): string {
  const columns = Math.min(Math.max(width, LEAST), MOST);
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const lines = [paint(1, stream === null ? domain : `${domain}, stream ${stream}`), ''];
  for (const check of PREFLIGHT_CHECKS) {
    const told = new Set<string>();
    const shown = findings.filter((one) => one.check === check && !(UNASKED.includes(check) && one.verdict === 'skip'));
    for (const [at, finding] of shown.entries()) {
      lines.push(...block({ ...finding, found: finding.found.filter((one) => !told.has(one)) }, at === 0 ? NAMES[check] : ''));
      if (finding.verdict === 'fail' || finding.verdict === 'warn') for (const one of finding.found) told.add(one);
    }
  }

  function block({ verdict, text, found, see }: Finding, name: string): string[] {
    const [first = '', ...rest] = wrap(text, columns - INDENT);
    const mark = paint(COLOURS[verdict], `${MARKS[verdict]} ${verdict}`);
    const matters = verdict === 'fail' || verdict === 'warn';
    const more = [
      ...rest,
      ...(matters ? found.slice(0, 6).flatMap((one) => wrap(one, columns - INDENT - 2).map((line, at) => paint(2, at === 0 ? `> ${line}` : `  ${line}`))) : []),
      ...(matters && see !== '' ? [paint(2, see)] : []),
    ];
    return [`  ${mark}  ${name.padEnd(INDENT - 10)}${verdict === 'skip' ? paint(2, first) : first}`, ...more.map((line) => `${' '.repeat(INDENT)}${line}`)].map((line) => line.trimEnd());
  }

  lines.push('');
  for (const [title, records] of [['To publish:', recordsOf(findings.filter(({ verdict }) => verdict !== 'skip'))], ['What can be published, too:', recordsOf(findings.filter(({ verdict }) => verdict === 'skip'))]] as const) {
    if (records.length > 0) lines.push(paint(1, title), '');
    for (const record of records) lines.push(...zoneLines(record).map((line) => (line.startsWith(';') ? paint(2, line) : line)), '');
  }
  lines.push(...wrap(summary(findings), columns), '');
  return lines.join('\n');
}

/** Each once, in the order of the findings. */
export function recordsOf(findings: readonly Finding[]): ZoneRecord[] {
  return [...new Map(findings.flatMap(({ publish }) => publish).map((record) => [`${record.name} ${record.type} ${record.value}`, record])).values()];
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  const [fails, warns, passes, unanswered] = [count('fail'), count('warn'), count('pass'), findings.filter((finding) => finding.unanswered).length];
  const tally = [fails > 0 ? `${fails} failed` : '', warns > 0 ? `${warns} to look at` : '', `${passes} in order`, unanswered > 0 ? `${unanswered} without an answer` : ''].filter(Boolean).join(', ');
  const so = fails > 0 ? 'Mend what failed before mail goes out for real.' : unanswered > 0 ? 'Ask again: some of it nobody answered.' : warns > 0 ? 'Mail can go out; what is marked with ! will cost some of it sooner or later.' : 'Mail can go out.';
  return `${tally}. ${so}`;
}

/** At spaces; a word that is longer than a line is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= width) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    for (; rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width));
    line = rest;
  }
  return line === '' ? lines : [...lines, line];
}
