/** What a stream keeps, as it is typed: a number, a duration (`7d`), a size (`2G`); empty is no limit. Pure. */
import type { Stream, StreamPatch } from '../../sdk/contract.ts';
import { durationText } from './format.ts';

export type Typed = { messages: string; age: string; bytes: string };

export function retentionText({ messages, age, bytes }: Stream['retention']): Typed {
  return { messages: messages === null ? '' : String(messages), age: durationText(age), bytes: bytes === null ? '' : bytesText(bytes) };
}

export function readRetention(typed: Typed): { retention: NonNullable<StreamPatch['retention']> } | { fault: string } {
  const messages = typed.messages.trim().replace(/[\s_,.]/g, '');
  if (messages !== '' && !/^[1-9]\d{0,8}$/.test(messages)) return { fault: 'Messages is a whole number, or empty for no limit.' };
  const age = typed.age.trim();
  if (age !== '' && !/^\d+(\.\d+)?\s*(s|m|h|d|w)$/i.test(age)) return { fault: 'For is a duration like 12h or 7d, or empty for ever.' };
  const size = /^(\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(typed.bytes.trim());
  if (typed.bytes.trim() !== '' && !size) return { fault: 'Bytes is a size like 500M or 2G, or empty for no limit.' };
  return {
    retention: {
      messages: messages === '' ? null : Number(messages),
      age: age === '' ? null : age.replace(/\s/g, '').toLowerCase(),
      bytes: size ? Math.round(Number(size[1]) * 1024 ** ' kmgt'.indexOf(size[2]!.toLowerCase() || ' ')) : null,
    },
  };
}

function bytesText(bytes: number): string {
  for (const [unit, size] of [['G', 1024 ** 3], ['M', 1024 ** 2], ['k', 1024]] as const) if (bytes % size === 0) return `${bytes / size}${unit}`;
  return String(bytes);
}
