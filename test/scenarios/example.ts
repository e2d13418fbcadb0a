/** A story as a test that somebody else could write: nodemailer and the SDK, nothing of ours. docs.test.ts runs each as it stands on its page. */
import { readLine, SENDER, streamOf, SUBJECT, type Letter, type Line, type Story } from './story.ts';

/** Recipients whose attempts the example asserts; the table has all of them. */
const ASSERTED = 3;

export function exampleOf(story: Story): string {
  const { scenario, delivery, mail, together, expect, advance = 'idle' } = story;
  const moved = mail.some(({ wait }) => wait !== undefined);
  return [
    `const stream = await sandbox.stream(${js(streamOf(story))}, { mode: 'simulate', delivery: ${js({ jitter: 0, ...delivery })} });`,
    ...(scenario ? [`await stream.scenario(${inLines(scenario)});`] : []),
    ...(together ? ['await stream.pause();'] : []),
    'const transport = createTransport(stream.smtp.transport);',
    ...(moved || mail.length === 1 ? [] : ['']),
    ...mail.flatMap((letter, i) => [
      ...(letter.wait === undefined ? [] : [`await stream.advance(${js(letter.wait)});`]),
      ...sending(letter, expect.refused?.[i + 1]),
    ]),
    ...(together ? ['await stream.resume();'] : []),
    `await stream.advance(${js(advance)});`,
    '',
    ...asserting(story),
  ].join('\n');
}

function sending({ to, from = SENDER, subject = SUBJECT, tags, headers, size }: Letter, refused: string | undefined): string[] {
  const fields = [
    `from: ${js(from === '' ? SENDER : from)}`, `to: ${js(to)}`, `subject: ${js(subject)}`,
    size === undefined ? "text: 'Thank you.'" : `text: 'Thank you.\\n'.repeat(${Math.ceil(size / 10)})`,
    ...(tags || headers ? [`headers: ${js({ ...headers, ...(tags ? { 'X-Tags': tags.join(', ') } : {}) })}`] : []),
    ...(from === '' ? [`envelope: ${js({ from: '', to })}`] : []),
  ];
  const call = `transport.sendMail({ ${fields.join(', ')} })`;
  return [refused === undefined ? `await ${call};` : `await expect(${call}).rejects.toThrow(${js(refused.split(' ')[1]!)});`];
}

function asserting({ mail, expect }: Story): string[] {
  const only = [mail.find((_, i) => !expect.refused?.[i + 1])?.to ?? []].flat()[0]!;
  const histories = Array.isArray(expect.history) ? { [only]: expect.history } : expect.history;
  // An address is asked for its newest mail.
  const newest = new Map(Object.entries(histories).map(([name, lines]) => [name.split(' #')[0]!, lines]));
  return [...newest].slice(0, ASSERTED).flatMap(([address, lines]) => {
    const who = `stream.recipient(${js(address)})`;
    return [
      ...(lines.length === 0 ? [`await expect(${who}).toBeSuppressed();`] : [`await expect(${who}).toHaveAttempts([`, ...lines.map((line) => `  ${js(wanted(line))},`), ']);']),
      ...(expect.returns ?? []).map((line) => line.split('  ')).filter(([, , about]) => about === address && lines.length > 0).map(([, type, , verdict]) => (type === 'bounce'
        ? `await expect(${who}).toBeBounced({ class: ${js(verdict)} });`
        : `await ${who}.waitFor({ event: ${js(type)} });`)),
    ];
  });
}

function wanted(line: Line): object {
  const { at, said, class: verdict, outcome } = readLine(line);
  const [stage, what = '', enhanced] = said.split(' ');
  return { at, stage, ...(/^\d/.test(what) ? { code: Number(what), ...(enhanced === undefined ? {} : { enhanced }) } : { fault: what }), class: verdict, ...(verdict === outcome ? {} : { outcome }) };
}

/** A scenario with a line for each of its rules and personas. */
function inLines(scenario: object): string {
  const parts = Object.entries(scenario).map(([key, value]: [string, unknown]) => {
    if (Array.isArray(value) && value.length > 0) return `  ${key}: [\n${value.map((one) => `    ${js(one)},\n`).join('')}  ],\n`;
    return `  ${key}: ${js(value)},\n`;
  });
  return `{\n${parts.join('')}}`;
}

/** As a person writes it. */
export function js(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
  if (Array.isArray(value)) return `[${value.map(js).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, one]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : js(key)}: ${js(one)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
