/**
 * The vocabulary of magic addresses, once: the parser reads by these rows and
 * the page docs/scenarios.md is made from them. A row answers what a tag means,
 * as a rule without conditions, or undefined when its arguments are wrong.
 */
import type { ScenarioFault, ScenarioReply, Situation } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';
import { type Act, type Follows, type Often, PASS_FOR, type Saying } from './compiled.ts';
import { DEFAULT_SPAN, enhancedOf, replyOf, spanOf, tagStage } from './magic-arguments.ts';
import { settled } from './read-rule.ts';
import { SITUATIONS_TABLE } from './situations.ts';
import { SITUATIONS } from './scenario.ts';
import { completed } from './speech.ts';

/** What a tag does. */
export type Meaning = { act?: Act; often?: Often; afterwards?: Follows };

export type MagicRow = {
  /** The story that shows it (test/scenarios/stories) and its anchor in docs/simulator. */
  story: string;
  /** As it is written; upper case stands for an argument. */
  form: string;
  example: string;
  /** What the arguments may be. */
  arguments: string;
  stage: string;
  says: string;
  /** Whether its connection is its own: `as said` depends on where the persona says it. */
  alone: 'yes' | 'no' | 'as said';
  /** First words of the tag. `failN` has its own reading. */
  words: readonly string[];
  read(args: readonly string[], word: string): Meaning | undefined;
};

const reply = (said: ScenarioReply | undefined, stage: Stage): Act | undefined => said && settled({ stage, speech: { said: completed(said, stage) } });
const acts = (act: Act | undefined): Meaning | undefined => act && { act };
const bare = (args: readonly string[], meaning: Meaning): Meaning | undefined => (args.length === 0 ? meaning : undefined);

/** Faults that can come at any stage of the conversation: `drop.STAGE`. */
const during = (fault: ScenarioFault) => (args: readonly string[]): Meaning | undefined => {
  const stage = args.length === 1 ? tagStage(args[0]!) : undefined;
  if (stage === undefined) return undefined;
  if (fault === 'silence' && stage === 'connect') return { act: { stage, fault: 'unreachable' } };
  if (fault === 'disconnect' && args[0] === 'eod') return { act: { stage, fault: 'disconnect-after-dot' } };
  // A connection that is closed or reset when it was just made is not yet greeted.
  return { act: { stage: stage === 'connect' ? 'greeting' : stage, fault } };
};

const slowly = (key: 'delayMs' | 'dripMs') => (args: readonly string[]): Meaning | undefined => {
  const named = args[0] === 'dns' || args[0] === 'resolve' ? 'resolve' : tagStage(args[0] ?? '');
  const ms = args.length === 1 ? DEFAULT_SPAN : args.length === 2 ? spanOf(args[1]) : undefined;
  if (named === undefined || ms === undefined || (key === 'dripMs' && named === 'resolve')) return undefined;
  return { act: { stage: key === 'dripMs' && named === 'connect' ? 'greeting' : named, [key]: ms } };
};

const fixed = (stage: Stage, faults: Record<string, ScenarioFault>) => (args: readonly string[], word: string): Meaning | undefined => {
  const name = word === 'tls' ? (args.length === 1 ? args[0]! : '') : args.length === 0 ? word : '';
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined;
  return fault && { act: { stage, fault } };
};

/** A real greylist: deferred until the wait is over, then welcome. */
export function greylisting(persona: string | null, waitMs: number | null): Meaning {
  return { act: { stage: 'said', speech: { saying: { persona, situation: 'greylist' } } }, often: { greylist: { waitMs, passForMs: PASS_FOR } } };
}

export function situationMeans(saying: Saying): Meaning {
  return saying.situation === 'greylist' ? greylisting(saying.persona, null) : { act: { stage: 'said', speech: { saying } } };
}

const isSituation = (word: string | undefined): word is Situation => (SITUATIONS as readonly string[]).includes(word ?? '');

/** Arguments of `dsn` in any order: a span, a status or a situation, and what kind of report. */
function readDsn(args: readonly string[]): Meaning | undefined {
  const follows: Follows = { send: 'dsn', afterMs: DEFAULT_SPAN };
  const seen = new Set<string>();
  for (const arg of args) {
    const ms = spanOf(arg);
    const enhanced = enhancedOf(arg);
    const kind = ms !== undefined ? 'span' : enhanced !== undefined || isSituation(arg) ? 'status' : arg === 'delayed' || arg === 'text' ? 'send' : undefined;
    if (kind === undefined || seen.has(kind)) return undefined;
    seen.add(kind);
    if (ms !== undefined) follows.afterMs = ms;
    else if (enhanced !== undefined) follows.speech = { said: completed({ code: enhanced.startsWith('4') ? 451 : 550, enhanced }, 'rcpt') };
    else if (isSituation(arg)) follows.speech = { saying: { persona: null, situation: arg } };
    else follows.send = arg === 'delayed' ? 'delay-dsn' : 'text-bounce';
  }
  return { afterwards: follows };
}

const later = (send: Follows['send']) => (args: readonly string[]): Meaning | undefined => {
  const afterMs = args.length === 0 ? DEFAULT_SPAN : args.length === 1 ? spanOf(args[0]) : undefined;
  return afterMs === undefined ? undefined : { afterwards: { send, afterMs } };
};

const CODE = 'CODE 200 to 599; E-E-E an enhanced code (`5-1-1`), what the code suggests when left out';
const STAGE = '`greeting`, `ehlo`, `starttls`, `auth` (see `+auth`), `mail`, `rcpt`, `data`, `body`';

const replyRow = (word: string, alone: MagicRow['alone'], says: string, example: string, also: string[] = []): MagicRow => ({
  story: `reply-${word}`, form: `+${word}.CODE[.E-E-E]`, example, arguments: `${CODE}${also.length > 0 ? `; also written \`+${also.join('`, `+')}\`` : ''}`, stage: word, says, alone, words: [word, ...also],
  read: (args) => acts(reply(replyOf(args), tagStage(word)!)),
});

export const MAGIC: readonly MagicRow[] = [
  { story: 'ok', form: '+ok', example: 'ann+ok@site.test', arguments: '', stage: 'all', says: 'Always accepted, whatever rules and personas say.', alone: 'no', words: ['ok'], read: (args) => bare(args, { act: { stage: 'any', accept: true } }) },
  replyRow('connect', 'yes', 'The reply is the banner; then the connection is closed.', 'ann+connect.554@site.test'),
  replyRow('greeting', 'yes', 'The reply is the banner.', 'ann+greeting.421@site.test', ['banner']),
  replyRow('ehlo', 'yes', 'The reply to EHLO; HELO gets it, too.', 'ann+ehlo.502@site.test'),
  replyRow('starttls', 'yes', 'The reply to STARTTLS.', 'ann+starttls.454@site.test'),
  replyRow('auth', 'yes', 'The reply to AUTH, which delivery never says: heard at RCPT by who hands mail in, or to the pretend remote\'s own port.', 'ann+auth.535@site.test'),
  replyRow('mail', 'yes', 'The reply to MAIL.', 'ann+mail.451@site.test'),
  replyRow('rcpt', 'no', 'The reply to RCPT, for this recipient alone. With 421 the connection is closed and is its own.', 'ann+rcpt.550.5-1-1@site.test'),
  replyRow('data', 'yes', 'The reply to DATA.', 'ann+data.451@site.test'),
  replyRow('body', 'yes', 'The reply after the final dot.', 'ann+body.554.5-7-1@site.test', ['eod']),
  ...SITUATIONS.filter((one) => one !== 'greylist').map((situation): MagicRow => ({
    story: `situation-${situation}`, form: `+${situation}`, example: `ann+${situation}@site.test`, arguments: `in the words of the domain's persona, or of a named one: \`+gmail.${situation}\``, stage: 'as said',
    says: SITUATIONS_TABLE[situation].says, alone: SITUATIONS_TABLE[situation].site ? 'yes' : 'as said', words: [situation],
    read: (args) => bare(args, situationMeans({ persona: null, situation })),
  })),
  { story: 'greylist', form: '+greylist[.SPAN]', example: 'ann+greylist.5m@site.test', arguments: 'SPAN how long; the persona\'s wait, or 5 minutes, when left out', stage: 'as said', says: 'A real greylist: deferred until the wait is over, by client, sender and recipient; accepted afterwards.', alone: 'as said', words: ['greylist'],
    read: (args) => (args.length === 0 ? greylisting(null, null) : args.length === 1 && spanOf(args[0]) !== undefined ? greylisting(null, spanOf(args[0])!) : undefined) },
  { story: 'fail', form: '+failN[.CODE[.E-E-E]]', example: 'ann+fail2.451@site.test', arguments: 'N 1 to 999; CODE 400 to 599, 451 when left out', stage: 'rcpt', says: 'Refused N times, then accepted; counted by message and recipient.', alone: 'no', words: [],
    read(args, word) {
      const act = reply(replyOf(args, 451, 400), 'rcpt');
      const times = /^fail([1-9]\d{0,2})$/.exec(word)?.[1];
      return act && times !== undefined ? { act, often: { times: Number(times) } } : undefined;
    } },
  { story: 'until', form: '+until.SPAN[.CODE[.E-E-E]]', example: 'ann+until.90s@site.test', arguments: 'CODE 400 to 599, 451 when left out', stage: 'rcpt', says: 'Refused until so long after the first attempt, then accepted; by message and recipient.', alone: 'no', words: ['until'],
    read(args) {
      const untilMs = spanOf(args[0]);
      const act = reply(replyOf(args.slice(1), 451, 400), 'rcpt');
      return untilMs === undefined || !act ? undefined : { act, often: { untilMs } };
    } },
  { story: 'drop', form: '+drop.STAGE', example: 'ann+drop.data@site.test', arguments: `${STAGE}: \`body\` in the midst of it, \`eod\` after the final dot and before the reply`, stage: 'STAGE', says: 'Closes the connection instead of a reply.', alone: 'yes', words: ['drop'], read: during('disconnect') },
  { story: 'reset', form: '+reset.STAGE', example: 'ann+reset.rcpt@site.test', arguments: STAGE, stage: 'STAGE', says: 'Resets the connection (RST).', alone: 'yes', words: ['reset'], read: during('reset') },
  { story: 'hang', form: '+hang.STAGE', example: 'ann+hang.body@site.test', arguments: `${STAGE}; \`connect\` is as \`+unreachable\``, stage: 'STAGE', says: 'Never answers: the client waits until its own deadline.', alone: 'yes', words: ['hang'], read: during('silence') },
  { story: 'garbage', form: '+garbage.STAGE', example: 'ann+garbage.ehlo@site.test', arguments: STAGE, stage: 'STAGE', says: 'Answers with bytes that are no SMTP.', alone: 'yes', words: ['garbage'], read: during('garbage') },
  { story: 'slow', form: '+slow.STAGE[.SPAN]', example: 'ann+slow.rcpt.20s@site.test', arguments: `${STAGE}, \`connect\`, \`dns\`; SPAN 30s when left out`, stage: 'STAGE', says: 'Waits before it goes on.', alone: 'yes', words: ['slow'], read: slowly('delayMs') },
  { story: 'drip', form: '+drip.STAGE[.SPAN]', example: 'ann+drip.rcpt.20s@site.test', arguments: `${STAGE}; SPAN 30s when left out`, stage: 'STAGE', says: 'The reply comes an octet at a time over so long.', alone: 'yes', words: ['drip'], read: slowly('dripMs') },
  { story: 'refused', form: '+refused', example: 'ann+refused@site.test', arguments: '', stage: 'connect', says: 'The connection is refused.', alone: 'yes', words: ['refused'], read: fixed('connect', { refused: 'refused' }) },
  { story: 'unreachable', form: '+unreachable', example: 'ann+unreachable@site.test', arguments: '', stage: 'connect', says: 'The host does not answer at all.', alone: 'yes', words: ['unreachable'], read: fixed('connect', { unreachable: 'unreachable' }) },
  { story: 'tls', form: '+tls.KIND', example: 'ann+tls.expired@site.test', arguments: '`expired`, `selfsigned`, `wronghost` (certificates), `handshake` (fails), `none` (STARTTLS is not offered)', stage: 'starttls', says: 'TLS goes wrong.', alone: 'yes', words: ['tls'],
    read: fixed('starttls', { expired: 'tls-expired', selfsigned: 'tls-self-signed', wronghost: 'tls-wrong-host', handshake: 'tls-handshake', none: 'tls-not-offered' }) },
  { story: 'nxdomain', form: '+nxdomain', example: 'ann+nxdomain@site.test', arguments: '', stage: 'resolve', says: 'DNS: the domain does not exist.', alone: 'yes', words: ['nxdomain'], read: fixed('resolve', { nxdomain: 'nxdomain' }) },
  { story: 'servfail', form: '+servfail', example: 'ann+servfail@site.test', arguments: '', stage: 'resolve', says: 'DNS: no answer that could be used.', alone: 'yes', words: ['servfail'], read: fixed('resolve', { servfail: 'servfail' }) },
  { story: 'nomx', form: '+nomx', example: 'ann+nomx@site.test', arguments: '', stage: 'resolve', says: 'DNS: neither MX nor address.', alone: 'yes', words: ['nomx'], read: fixed('resolve', { nomx: 'no-mx' }) },
  { story: 'nullmx', form: '+nullmx', example: 'ann+nullmx@site.test', arguments: '', stage: 'resolve', says: 'DNS: the domain takes no mail (RFC 7505).', alone: 'yes', words: ['nullmx'], read: fixed('resolve', { nullmx: 'null-mx' }) },
  { story: 'dsn', form: '+dsn[.SPAN][.E-E-E|.SITUATION][.delayed|.text]', example: 'ann+dsn.30s.5-1-1@site.test', arguments: 'in any order: SPAN 30s and 5.1.1 when left out; `delayed` is a delay notice, `text` a bounce for people only', stage: 'afterwards', says: 'Accepted; a bounce (RFC 3464) comes later, to the envelope sender.', alone: 'no', words: ['dsn'], read: readDsn },
  { story: 'complaint', form: '+complaint[.SPAN]', example: 'ann+complaint.60s@site.test', arguments: 'SPAN 30s when left out', stage: 'afterwards', says: 'Accepted; a complaint (ARF, RFC 5965) comes later.', alone: 'no', words: ['complaint'], read: later('complaint') },
  { story: 'ooo', form: '+ooo[.SPAN]', example: 'ann+ooo@site.test', arguments: 'SPAN 30s when left out', stage: 'afterwards', says: 'Accepted; an out-of-office reply (RFC 3834) comes later.', alone: 'no', words: ['ooo'], read: later('ooo') },
];
