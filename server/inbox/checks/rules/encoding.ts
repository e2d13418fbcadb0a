/** How the message is written: line lengths and line ends, 8-bit octets, charsets. */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import { LINE_LIMIT } from '../line-scan.ts';
import { count, type Rule, type Said, type Verdict, worst } from '../matter.ts';

export const lines: Rule = {
  id: 'lines',
  title: 'Line lengths',
  check({ raw: { lines: scan } }): Said {
    const details: CheckDetail[] = scan.tooLong.lines.map((line) => ({ text: `Line ${line} is longer than ${LINE_LIMIT} octets`, line, in: 'source' }));
    const verdicts: Verdict[] = scan.tooLong.count > 0 ? ['fail'] : [];
    const ends = (what: string, { count: times, line }: { count: number; line: number }) => {
      if (times === 0) return;
      verdicts.push('warn');
      details.push({ text: `${count(times, what)}, the first on line ${line}; lines end in CRLF (RFC 5321 §2.3.8)`, line, in: 'source' });
    };
    ends('bare LF', scan.bareLf);
    ends('bare CR', scan.bareCr);
    const verdict = worst(verdicts);
    return {
      verdict, details,
      summary: verdict === 'pass' ? `The longest of ${count(scan.lines, 'line')} has ${count(scan.longest.octets, 'octet')}; ${LINE_LIMIT} are allowed (RFC 5322 §2.1.1).`
        : verdict === 'fail' ? `${count(scan.tooLong.count, 'line')} longer than ${LINE_LIMIT} octets (RFC 5322 §2.1.1): servers cut or refuse them, which also breaks DKIM.` : 'Not all lines end in CRLF: some servers refuse that, and signatures may break.',
    };
  },
};

export const eightBit: Rule = {
  id: 'eight-bit',
  title: '8-bit content',
  check({ raw, envelope }): Said {
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const say = (verdict: Verdict, detail: CheckDetail) => {
      verdicts.push(verdict);
      details.push(detail);
    };
    const { headerHighOctets: high } = raw.lines;
    if (high.count > 0 && !envelope.smtputf8) say('fail', { text: `The header holds ${count(high.count, 'octet')} above 127, the first on line ${high.line}; encode them (RFC 2047) or ask for SMTPUTF8 (RFC 6532)`, line: high.line, in: 'source' });
    for (const part of raw.parts) {
      const named = part.path === '1' && raw.parts.length === 1 ? 'The body' : `Part ${part.path}`;
      if (part.encoding === 'binary') say('fail', { text: `${named} is sent as binary, for which a server must offer BINARYMIME (RFC 3030)` });
      else if (part.highOctets > 0 && part.encoding === '7bit') say('fail', { text: `${named} holds ${count(part.highOctets, 'octet')} above 127 but says 7bit (RFC 2045 §2.7)` });
      else if (part.highOctets > 0 && /^(base64|quoted-printable)$/.test(part.encoding)) say('fail', { text: `${named} holds ${count(part.highOctets, 'octet')} above 127 although it is ${part.encoding}` });
      else if (part.highOctets > 0 && part.encoding === '8bit' && envelope.body === '7BIT') say('warn', { text: `${named} is 8bit but the client announced BODY=7BIT (RFC 6152)` });
      if (!/^(7bit|8bit|binary|base64|quoted-printable)$/.test(part.encoding)) say('warn', { text: `${named} has the encoding "${part.encoding.slice(0, 40)}", which is not one of MIME (RFC 2045 §6.1)` });
      if (part.nulls > 0) say('fail', { text: `${named} holds ${count(part.nulls, 'NUL octet')} (RFC 5322 §3.5)` });
    }
    const verdict = worst(verdicts);
    return { verdict, details, summary: verdict === 'pass' ? 'What is above 7 bits is encoded or declared.' : 'There are octets above 7 bits, or encodings, that are not as they are declared.' };
  },
};

/** UTF-8 that was read as Latin-1 and encoded again; and what no charset could say. */
const MOJIBAKE = /Ã[\u0080-\u00bf¤¶¼Ÿ©¨ª«±³º]|â€[™œž\u009d“”¦]|Â[\u00a0£©®°»«]/g;

export const charset: Rule = {
  id: 'charset',
  title: 'Charsets',
  check({ raw, parsed, html }): Said | undefined {
    const texts = raw.parts.filter((part) => part.charset !== undefined);
    if (texts.length === 0) return undefined;
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const say = (verdict: Verdict, text: string, at: Partial<CheckDetail> = {}) => {
      verdicts.push(verdict);
      details.push({ text, ...at });
    };
    for (const { path, charset: reading } of texts) {
      const { named, highOctets, validUtf8, known } = reading!;
      const part = texts.length === 1 ? 'The text' : `Part ${path}`;
      if (!known) say('fail', `${part} is in the charset "${named!.slice(0, 60)}", which is not known`);
      else if (named === undefined && highOctets > 0) say('fail', `${part} names no charset, so it counts as ASCII (RFC 2046 §4.1.2), but holds ${count(highOctets, 'octet')} above 127`);
      else if (/^(us-?)?ascii$/i.test(named ?? '') && highOctets > 0) say('fail', `${part} says ${named} but holds ${count(highOctets, 'octet')} above 127`);
      else if (/^utf-?8$/i.test(named ?? '') && !validUtf8) say('fail', `${part} says ${named} but is not`);
      else if (named !== undefined && !/^(utf-?8|us-?ascii|ascii)$/i.test(named) && validUtf8 && highOctets > 3) say('warn', `${part} says ${named} but reads like UTF-8`);
    }
    const declared = html && metaCharset(html.scan.tags);
    const ofHtml = texts.find(({ type }) => type === 'text/html')?.charset?.named;
    if (declared && ofHtml !== undefined && !sameCharset(declared.charset, ofHtml)) say('warn', `The HTML says charset ${declared.charset} in a <meta>, its part says ${ofHtml}`, { line: declared.line, in: 'html' });
    for (const [where, text] of [['The text', parsed.text], ['The HTML', html?.shown]] as const) {
      const broken = text?.slice(0, 500_000).match(MOJIBAKE) ?? [];
      if (broken.length > 0) say('warn', `${where} looks encoded twice (${[...new Set(broken)].slice(0, 5).join(' ')})`);
      const lost = text?.slice(0, 500_000).split('\ufffd').length ?? 1;
      if (lost > 1) say('warn', `${where} holds ${count(lost - 1, 'character')} that could not be decoded (\ufffd)`);
    }
    const verdict = worst(verdicts);
    const named = [...new Set(texts.map(({ charset: reading }) => reading!.named?.toLowerCase() ?? 'us-ascii'))].join(', ');
    return { verdict, details, summary: verdict === 'pass' ? `The text is in the charset that it names (${named.slice(0, 100)}).` : 'Some readers will see wrong characters.' };
  },
};

function metaCharset(tags: readonly { name: string; line: number; attributes: ReadonlyMap<string, string> }[]): { charset: string; line: number } | undefined {
  for (const { name, line, attributes } of tags) {
    if (name !== 'meta') continue;
    const said = attributes.get('charset') ?? (/^content-type$/i.test(attributes.get('http-equiv') ?? '') ? /charset\s*=\s*["']?([\w.:-]+)/i.exec(attributes.get('content') ?? '')?.[1] : undefined);
    if (said) return { charset: said.trim().slice(0, 60), line };
  }
  return undefined;
}

/** Labels of the same encoding; ASCII is part of nearly all of them. */
function sameCharset(a: string, b: string): boolean {
  if ([a, b].some((one) => /^(us-?)?ascii$/i.test(one))) return true;
  try {
    return new TextDecoder(a).encoding === new TextDecoder(b).encoding;
  } catch {
    return a.toLowerCase() === b.toLowerCase();
  }
}
