/** What a template engine would have replaced: `{{ name }}`, `%s`, `[object Object]`, `undefined`. */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import type { Rule, Said, Verdict } from '../matter.ts';
import { count, short, worst } from '../matter.ts';

/** Each is bounded, so that no text makes it slow. */
const SYNTAX = /\{\{[^{}\n]{0,80}\}\}|\{%[^%\n]{0,80}%\}|<%[^%\n]{0,80}%>|\$\{[^{}\n]{1,80}\}|#\{[^{}\n]{1,80}\}|\*\|[A-Z_:0-9]{2,40}\|\*|%%[A-Za-z_]{2,40}%%|%\([a-z_]\w{0,40}\)[sd]|\[\[[A-Za-z_. ]{2,40}\]\]|\[object Object\]|&lt;%|Invalid Date|lorem ipsum/gi;
/** Words that also have an honest use in a text; in a subject or a name they have none. */
const HOLES = /\b(?:undefined|NaN)\b/g;
const FIELD_HOLES = /\b(?:undefined|NaN|null|None)\b|%[sd]\b|(?<![{$#])\{\w{0,40}\}(?!\})/g;
/** A greeting that has lost its name. */
const NAMELESS = /\b(?:hi|hello|dear|hey|hallo|liebe[rs]?|bonjour|hola)[ \t]+(?:undefined|null|none|NaN)\b|\b(?:hello|dear|hallo|bonjour|hola)[ \t]+[,!](?=\s)/gi;

const TEXT_LIMIT = 500_000;

export const leftovers: Rule = {
  id: 'leftovers',
  title: 'Template leftovers',
  check({ header, field, parsed, html }): Said {
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const seen = new Set<string>();
    const look = (where: string, text: string, patterns: readonly RegExp[], verdict: Verdict, lines?: string) => {
      for (const pattern of patterns) for (const match of text.slice(0, TEXT_LIMIT).matchAll(pattern)) {
        const found = match[0].trim();
        const key = `${where}\n${found}`;
        if (seen.has(key)) continue;
        seen.add(key);
        verdicts.push(verdict);
        const at = lines?.indexOf(found) ?? -1;
        details.push({ text: `${where}: ${short(found)}`, ...(at < 0 ? {} : { line: lineOf(lines!, at), in: 'html' as const }) });
      }
    };
    look('Subject', field('subject')[0] ?? '', [SYNTAX, FIELD_HOLES], 'fail');
    for (const name of ['from', 'replyTo', 'to', 'cc'] as const) {
      for (const mailbox of header[name]) look(FIELD[name], `${mailbox.name} ${mailbox.address}`, [SYNTAX, FIELD_HOLES], 'fail');
    }
    look('Text', parsed.text ?? '', [SYNTAX, NAMELESS], 'warn');
    look('Text', parsed.text ?? '', [HOLES], 'warn');
    if (html) look('HTML', html.shown, [SYNTAX, NAMELESS, HOLES], 'warn', html.text);
    const verdict = worst(verdicts);
    return {
      verdict, details,
      summary: verdict === 'pass' ? 'Nothing looks like a template that was not filled in.' : `${count(details.length, 'place')} where a template seems not to have been filled in.`,
    };
  },
};

const FIELD = { from: 'From', replyTo: 'Reply-To', to: 'To', cc: 'Cc' };

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let lf = text.indexOf('\n'); lf >= 0 && lf < at; lf = text.indexOf('\n', lf + 1)) line++;
  return line;
}
