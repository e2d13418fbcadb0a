/**
 * Help while a search is typed: which word the caret is in and what could
 * stand there. The language itself belongs to the server; here are only the
 * names to offer. Pure.
 */

export type Suggestion = {
  /** Replaces the word at the caret. */
  insert: string;
  shows: string;
  means: string;
  /** More has to be typed: no space is put behind it. */
  open: boolean;
};

export const OPERATORS: readonly { name: string; means: string; example: string }[] = [
  { name: 'to', means: 'recipient, in the envelope or in To', example: 'to:ann@example.test' },
  { name: 'from', means: 'sender, in the envelope or in From', example: 'from:*@shop.test' },
  { name: 'subject', means: 'part of the subject', example: 'subject:"your invoice"' },
  { name: 'has', means: 'what the message holds', example: 'has:attachment' },
  { name: 'is', means: 'read, unread or broken', example: 'is:unread' },
  { name: 'tag', means: 'a tag', example: 'tag:signup' },
  { name: 'after', means: 'received at or after', example: 'after:2h' },
  { name: 'before', means: 'received before', example: 'before:2026-01-31' },
  { name: 'larger', means: 'more octets than', example: 'larger:100k' },
  { name: 'smaller', means: 'fewer octets than', example: 'smaller:10k' },
  { name: 'cc', means: 'an address in Cc', example: 'cc:team@example.test' },
  { name: 'bcc', means: 'an envelope recipient that no header names', example: 'bcc:*' },
  { name: 'inbox', means: 'an envelope recipient', example: 'inbox:ann@example.test' },
  { name: 'header', means: 'a header field, with or without a value', example: 'header:x-campaign=spring' },
  { name: 'message-id', means: 'the Message-ID', example: 'message-id:<a@b>' },
];

const VALUES: Record<string, readonly [value: string, means: string][]> = {
  has: [['attachment', 'with attachments'], ['link', 'with links'], ['code', 'with a one-time code'], ['html', 'with an HTML part'], ['calendar', 'with a calendar part']],
  is: [['unread', 'not opened yet'], ['read', 'opened'], ['broken', 'could not be parsed']],
  after: [['10m', 'in the last ten minutes'], ['1h', 'in the last hour'], ['today', 'since midnight'], ['yesterday', 'since yesterday'], ['7d', 'in the last week']],
  before: [['1h', 'more than an hour ago'], ['today', 'before today'], ['7d', 'more than a week ago']],
  larger: [['100k', 'over 100 kB'], ['1M', 'over 1 MB']],
  smaller: [['10k', 'under 10 kB'], ['100k', 'under 100 kB']],
};

export type Known = {
  tags: readonly { tag: string; messages: number }[];
  inboxes: readonly { address: string; messages: number }[];
};

export type Word = { from: number; to: number; text: string };

/** The word around the caret; quotes keep spaces together. */
export function wordAt(text: string, caret: number): Word {
  let from = 0;
  let quoted = false;
  for (let i = 0; i < caret; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (!quoted && /[\s(]/.test(text[i]!)) from = i + 1;
  }
  let to = caret;
  while (to < text.length && (quoted || !/[\s)]/.test(text[to]!))) if (text[to++] === '"') quoted = !quoted;
  return { from, to, text: text.slice(from, caret) };
}

/** Which list the word wants from the server. */
export function wanted(word: string): 'tags' | 'inboxes' | undefined {
  const operator = /^-?([a-z-]+):/i.exec(word)?.[1]?.toLowerCase();
  if (operator === 'tag') return 'tags';
  return operator === 'to' || operator === 'inbox' || operator === 'bcc' || operator === 'cc' ? 'inboxes' : undefined;
}

const MOST = 8;

export function suggest(word: string, known: Known): Suggestion[] {
  const minus = word.startsWith('-') ? '-' : '';
  const bare = word.slice(minus.length);
  const colon = bare.indexOf(':');
  if (colon < 0) {
    const begun = bare.toLowerCase();
    return OPERATORS.filter(({ name }) => name.startsWith(begun)).slice(0, begun === '' ? 6 : MOST)
      .map(({ name, means, example }) => ({ insert: `${minus}${name}:`, shows: `${name}:`, means: `${means}, like ${example}`, open: true }));
  }
  const operator = bare.slice(0, colon).toLowerCase();
  const value = bare.slice(colon + 1).replace(/^"|"$/g, '').toLowerCase();
  const values: readonly (readonly [string, string])[] = wanted(word) === 'tags'
    ? known.tags.map(({ tag, messages }) => [tag, count(messages)] as const)
    : wanted(word) === 'inboxes' ? known.inboxes.map(({ address, messages }) => [address, count(messages)] as const) : VALUES[operator] ?? [];
  return values.filter(([one]) => one.toLowerCase().includes(value) && one.toLowerCase() !== value).slice(0, MOST)
    .map(([one, means]) => ({ insert: `${minus}${operator}:${/[\s"()]/.test(one) ? `"${one.replace(/["\\]/g, '\\$&')}"` : one}`, shows: one, means, open: false }));
}

const count = (messages: number): string => `${messages} ${messages === 1 ? 'message' : 'messages'}`;

/** The text with the suggestion in the word's place, and where the caret then is. */
export function accept(text: string, word: Word, { insert, open }: Suggestion): { text: string; caret: number } {
  const rest = text.slice(word.to);
  const put = open || rest.startsWith(' ') ? insert : `${insert} `;
  return { text: text.slice(0, word.from) + put + rest, caret: word.from + put.length };
}
