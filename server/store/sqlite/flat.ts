/**
 * Units as one flat array, which is how they cross to the writer. Of objects
 * in arrays a structured clone writes and reads the name of each field each
 * time, and looks at each array twice: that is a twelfth of what the writer
 * does for a message.
 */
import type { Item, Unit } from './wire.ts';

declare const units: unique symbol;
export type Flat = unknown[] & { readonly [units]?: true };

export function toFlat(list: readonly Unit[]): Flat {
  const flat: Flat = [];
  const addAll = (texts: readonly string[]) => {
    flat.push(texts.length);
    for (const text of texts) flat.push(text);
  };
  for (const { items, idempotency } of list) {
    flat.push(items.length, idempotency);
    for (const item of items) {
      flat.push(
        item.id, item.stream, item.receivedAt, item.size, item.summary, item.subject, item.messageId, item.sender,
        item.start, item.detailSize, item.end, item.length, item.upload, item.queue,
      );
      addAll(item.tags);
      addAll(item.recipients);
      addAll(item.from);
      addAll(item.to);
      addAll(item.cc);
    }
  }
  return flat;
}

export function fromFlat(flat: Flat): Unit[] {
  let at = 0;
  /** Of whatever type is wanted there: the order vouches for it. */
  const next = () => flat[at++] as never;
  const all = (): string[] => {
    const count: number = next();
    const texts = flat.slice(at, at + count) as string[];
    at += count;
    return texts;
  };
  // In the order of `toFlat`: fields of a literal are evaluated from the first to the last.
  const item = (): Item => ({
    id: next(), stream: next(), receivedAt: next(), size: next(), summary: next(), subject: next(), messageId: next(), sender: next(),
    start: next(), detailSize: next(), end: next(), length: next(), upload: next(), queue: next(),
    tags: all(), recipients: all(), from: all(), to: all(), cc: all(),
  });
  const list: Unit[] = [];
  while (at < flat.length) {
    const count: number = next();
    const idempotency: Unit['idempotency'] = next();
    const items: Item[] = [];
    for (let n = 0; n < count; n++) items.push(item());
    list.push({ items, ...(idempotency ? { idempotency } : {}) });
  }
  return list;
}
