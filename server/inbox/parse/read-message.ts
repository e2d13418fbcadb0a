/**
 * A message, as a stream of its bytes, to what is shown and searched of it.
 * Pure of the world: no store, no clock. Runs in the worker. Whatever the
 * bytes are, it answers; what cannot be read is a warning.
 */
import { decodeText } from '../../mail/header.ts';
import type { ParsedMessage } from '../../mail/message.ts';
import { readCalendar } from '../extract/calendar.ts';
import { oneTimeCodes } from '../extract/codes.ts';
import { readHtml } from '../extract/html.ts';
import { snippetOf } from '../extract/snippet.ts';
import { textLinks } from '../extract/text-links.ts';
import { listUnsubscribe } from '../extract/unsubscribe.ts';
import { decodeCharset } from '../mime/charset.ts';
import { treeReader } from '../mime/tree.ts';
import type { IndexEntry } from '../port.ts';
import { collector } from './collect.ts';
import { headerValue, wordsOf, type Envelope } from './entry.ts';
import { bodyOddities, headerOddities } from './oddities.ts';
import { readTexts } from './texts.ts';

export function messageReader(envelope: Envelope): { push(chunk: Uint8Array): void; end(): Promise<IndexEntry> } {
  const collect = collector();
  const reader = treeReader(collect.sink);
  return {
    push: (chunk) => reader.push(chunk),
    async end() {
      const { tree, fields, warnings } = reader.end();
      const { texts: bodies, attachments, calendars, truncated, doubtful } = collect.collected();
      const headers = fields.map(({ name, value }) => ({ name, value: decodeText(value) }));
      const { text, html, truncated: cut } = await readTexts(bodies);
      const seen = html === undefined ? undefined : readHtml(html);

      const subject = headerValue(headers, 'subject');
      const shown = text?.trim() ? text : seen?.text ?? '';
      const links = seen?.links ?? [];
      const unsubscribe = listUnsubscribe(headers);
      const parsed: ParsedMessage = {
        warnings: [...warnings, ...headerOddities(fields), ...bodyOddities(bodies, doubtful)],
        headers,
        ...(text === undefined ? {} : { text }),
        ...(html === undefined ? {} : { html }),
        ...(truncated || cut ? { truncated: true as const } : {}),
        tree,
        attachments,
        links: text ? [...links, ...textLinks(text)] : links,
        codes: oneTimeCodes(subject, shown),
        ...(unsubscribe ? { listUnsubscribe: unsubscribe } : {}),
        calendar: calendars.map(({ part, header, bytes }) => {
          const calendar = readCalendar(decodeCharset(bytes, header.charset));
          return { part: part.path, ...calendar, ...(calendar.method === undefined && header.method !== undefined ? { method: header.method.toUpperCase() } : {}) };
        }),
      };
      return { id: envelope.id, parsed, snippet: snippetOf(text, seen), words: wordsOf(envelope, parsed, seen?.text) };
    },
  };
}
