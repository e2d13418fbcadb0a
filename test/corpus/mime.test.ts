/**
 * Odd and broken mail of many origins, read in small pieces and compared with
 * what its manifest says. The messages are not part of the project: without
 * the folder the test is skipped, with a notice.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { transferDecoder } from '../../server/inbox/mime/decode.ts';
import { messageReader } from '../../server/inbox/parse/read-message.ts';
import type { MimePart } from '../../server/mail/message.ts';
import { corpus } from '../support/corpus.ts';

const folder = corpus('mime/', 'manifest.jsonl');

type Expected = { file: string; expected_python: { parts: { depth: number; type: string; charset: string | null; sha256_16?: string; filename?: string }[]; defects: string[] }; ref_postal_mime: { text_len: number; html_len: number; attachments: unknown[] } };

const flat = (part: MimePart, depth = 0): (MimePart & { depth: number })[] => [{ ...part, depth }, ...(part.parts ?? []).flatMap((one) => flat(one, depth + 1))];
// Python takes delivery reports apart into pieces that are no MIME parts.
const comparable = ({ parts, defects }: Expected['expected_python']) => defects.length === 0 && !parts.some(({ type }) => /^message\/(delivery-status|feedback-report|external-body|partial)$/.test(type));
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

test.skipIf(!folder)('structure, charsets and bytes of odd mail are read as other parsers read them', async () => {
  const counts = { files: 0, structures: 0, asExpected: 0, bodies: 0, exact: 0, charsets: 0, sameCharset: 0, attachments: 0, sameAttachments: 0 };
  for (const line of readFileSync(new URL('manifest.jsonl', folder), 'utf8').trim().split('\n')) {
    const expected = JSON.parse(line) as Expected;
    const raw = readFileSync(new URL(expected.file, folder));
    const reader = messageReader({ id: 'x', envelopeFrom: '', recipients: [] });
    for (let at = 0; at < raw.length; at += 997) reader.push(raw.subarray(at, at + 997));
    const { parsed } = await reader.end();
    counts.files++;
    expect([expected.file, parsed.error]).toEqual([expected.file, undefined]);
    expect(parsed.tree!.end).toBe(raw.length);
    if (!comparable(expected.expected_python)) continue;
    counts.structures++;
    const ours = flat(parsed.tree!);
    const theirs = expected.expected_python.parts;
    if (ours.map(({ depth, type }) => `${depth} ${type}`).join() !== theirs.map(({ depth, type }) => `${depth} ${type}`).join()) continue;
    counts.asExpected++;
    for (const [i, part] of theirs.entries()) {
      const mine = ours[i]!;
      counts.charsets++;
      if ((mine.charset?.toLowerCase() ?? null) === part.charset) counts.sameCharset++;
      if (part.sha256_16 === undefined || mine.parts) continue;
      const decoder = transferDecoder(mine.encoding);
      const bytes = Buffer.concat([decoder.push(raw.subarray(mine.bodyStart, mine.end)), decoder.end()]);
      counts.bodies++;
      // Python's reader of text turns CRLF into LF.
      if (hash(bytes) === part.sha256_16 || hash(Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')) === part.sha256_16) counts.exact++;
    }
    // What an attached message holds is its own; postal-mime lists it as ours.
    if (theirs.some(({ type }) => type === 'message/rfc822')) continue;
    counts.attachments++;
    if (parsed.attachments.length === expected.ref_postal_mime.attachments.length) counts.sameAttachments++;
  }
  console.info('corpus', JSON.stringify(counts));
  expect(counts.asExpected / counts.structures).toBeGreaterThan(0.9);
  expect(counts.exact / counts.bodies).toBeGreaterThan(0.98);
  expect(counts.sameCharset / counts.charsets).toBeGreaterThan(0.98);
  expect(counts.sameAttachments / counts.attachments).toBeGreaterThan(0.9);
});
