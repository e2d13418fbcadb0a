/** Plays a story on a whole Postern: real SMTP in, time moved to its end, and then everything that can be seen of it, in the form in which a story expects it. */
import { createTransport } from 'nodemailer';
import type { Attempt, Delivery } from '../../sdk/contract.ts';
import type { Sandbox, StreamHandle } from '../../sdk/sandbox.ts';
import { SUBJECTS } from '../../server/dsn/compose-words.ts';
import { SENDER, span, streamOf, SUBJECT, type Letter, type Line, type Story } from './story.ts';

export type Seen = Required<Story['expect']>;

export async function play(sandbox: Sandbox, story: Story): Promise<Seen> {
  const stream = await sandbox.stream(streamOf(story), { mode: 'simulate', delivery: { jitter: 0, ...story.delivery } });
  if (story.scenario) await stream.scenario(story.scenario);
  if (story.together) await stream.pause();
  const refused: Seen['refused'] = {};
  const letters: { n: number; message: string }[] = [];
  for (const [i, letter] of story.mail.entries()) {
    if (letter.wait !== undefined) await stream.advance(letter.wait);
    const heard = await send(stream, letter);
    if ('refused' in heard) refused[i + 1] = heard.refused;
    else letters.push({ n: i + 1, message: heard.message });
  }
  if (story.together) await stream.resume();
  await stream.advance(story.advance ?? 'idle');
  return { ...(await seen(sandbox, stream, letters, story)), refused };
}

async function send(stream: StreamHandle, { to, from = SENDER, subject = SUBJECT, tags = [], headers = {}, size = 0 }: Letter): Promise<{ message: string } | { refused: string }> {
  const transport = createTransport(stream.smtp.transport);
  const line = 'All of it is on its way, and this line is here again and again.\n';
  try {
    const { response } = await transport.sendMail({
      from: from === '' ? SENDER : from, to, subject, text: `Thank you.\n${line.repeat(Math.ceil(size / line.length))}`,
      headers: { ...headers, ...(tags.length > 0 ? { 'X-Tags': tags.join(', ') } : {}) }, envelope: { from, to },
    });
    return { message: /\b[0-9A-Z]{26}\b/.exec(response)![0] };
  } catch (error) {
    const { command = '', response } = error as { command?: string; response?: string };
    if (response === undefined) throw error;
    return { refused: `${STAGES[command] ?? command} ${response}` };
  } finally {
    transport.close();
  }
}

/** Where nodemailer says that it was. */
const STAGES: Record<string, string> = { CONN: 'greeting', EHLO: 'ehlo', 'MAIL FROM': 'mail', 'RCPT TO': 'rcpt', DATA: 'body' };

async function seen(sandbox: Sandbox, stream: StreamHandle, letters: { n: number; message: string }[], story: Story): Promise<Omit<Seen, 'refused'>> {
  const deliveries: (Delivery & { n: number })[] = [];
  for (const { n, message } of letters) deliveries.push({ ...(await sandbox.api.delivery(message)), n });
  const tally: Seen['tally'] = {};
  const histories: Record<string, Line[]> = {};
  const returns: string[] = [];
  const twice = new Set(deliveries.flatMap(({ recipients }) => recipients.map(({ address }) => address)).filter((address, i, all) => all.indexOf(address) !== i));
  for (const { n, recipients, returns: back } of deliveries) {
    for (const { address, state, history } of recipients) {
      tally[state] = (tally[state] ?? 0) + 1;
      histories[twice.has(address) ? `${address} #${n}` : address] = history.map((one) => lineOf(one, story.group === 'tls'));
    }
    const { queuedAt } = recipients[0]!;
    for (const one of back) returns.push([`+${span(Date.parse(one.time) - Date.parse(queuedAt))}`, one.type, one.recipient, ...(one.class === null ? [] : [one.class])].join('  '));
  }
  const names = Object.keys(histories);
  const { messages: inbox } = await sandbox.api.list({ stream: stream.name, limit: 200 });
  const notices: Seen['notices'] = {};
  for (const { id, envelope, subject } of inbox) {
    if (envelope.from !== '' || !subjects.includes(subject)) continue;
    // However they are gathered into notices: each recipient is told of once.
    notices[subject] = (notices[subject] ?? 0) + (await (await sandbox.api.raw(id)).text()).match(/^Final-Recipient:/gim)!.length;
  }
  return {
    tally, returns,
    history: names.length === 1 ? histories[names[0]!]! : histories,
    suppressed: (await stream.suppressions()).map(({ address, reason }) => `${address}  ${reason}`).sort(),
    notices,
  };
}

const subjects: string[] = Object.values(SUBJECTS);

function lineOf({ after, stage, answer, verdict, outcome, took, tls }: Attempt, withTls: boolean): Line {
  const said = answer.kind === 'reply' ? [answer.code, answer.enhanced].filter((part) => part !== null).join(' ') : answer.fault;
  return [`+${span(after)}`, `${stage} ${said}`, verdict.class, outcome, ...(took >= 500 ? [`took ${span(took)}`] : []), ...(withTls ? [tls ? 'encrypted' : 'in clear'] : [])].join('  ');
}
