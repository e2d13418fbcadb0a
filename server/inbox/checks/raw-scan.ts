/**
 * What the raw bytes tell that the parsed message does not: long lines, how
 * lines end, octets above 127 and where, the decoded size of the HTML, text
 * that is not in the charset it names, and the DKIM body hashes. One pass,
 * nothing kept but counts. Line numbers count LF, from 1.
 */
import type { MimePart } from '../../mail/message.ts';
import { transferDecoder, type Decoder } from '../mime/decode.ts';
import type { PartHeader } from '../mime/part-header.ts';
import { treeReader } from '../mime/tree.ts';
import { bodyHasher, type BodyHash, type BodyHashAsk } from './dkim/body-hash.ts';
import { lineScan, type LineScan } from './line-scan.ts';
import { charsetProbe, type CharsetProbe, type CharsetReading } from './charset-probe.ts';

/** `typed` is false when the part names no readable type, so that text/plain in ASCII is assumed. */
export type PartScan = { path: string; type: string; encoding: string; disposition?: string; highOctets: number; nulls: number; decodedSize: number; charset?: CharsetReading };
export type RawScan = { lines: LineScan; parts: PartScan[]; bodyHashes: BodyHash[] };

const PARTS = 1_000;

export function rawScanner(asks: readonly BodyHashAsk[]): { push(chunk: Uint8Array): void; end(): RawScan } {
  const parts: PartScan[] = [];
  const open = new Map<MimePart, { scan: PartScan; decoder: Decoder; probe: CharsetProbe | undefined }>();
  const lines = lineScan();
  const hashers = asks.map(bodyHasher);

  const take = (one: { scan: PartScan; probe: CharsetProbe | undefined }, decoded: Buffer) => {
    one.scan.decodedSize += decoded.length;
    one.probe?.push(decoded);
  };
  const tree = treeReader({
    begin(part, header: PartHeader) {
      if (part.type.startsWith('multipart/') || part.type.startsWith('message/') || parts.length >= PARTS) return;
      const scan: PartScan = { path: part.path, type: part.type, encoding: part.encoding, highOctets: 0, nulls: 0, decodedSize: 0, ...(part.disposition === undefined ? {} : { disposition: part.disposition }) };
      parts.push(scan);
      const text = part.type.startsWith('text/') && part.disposition !== 'attachment';
      open.set(part, { scan, decoder: transferDecoder(part.encoding), probe: text ? charsetProbe(header.charset) : undefined });
    },
    body(part, bytes) {
      const one = open.get(part);
      if (!one) return;
      for (let i = 0; i < bytes.length; i++) {
        const octet = bytes[i]!;
        if (octet > 127) one.scan.highOctets++;
        else if (octet === 0) one.scan.nulls++;
      }
      take(one, one.decoder.push(bytes));
    },
    end(part) {
      const one = open.get(part);
      if (!one) return;
      open.delete(part);
      take(one, one.decoder.end());
      if (one.probe) one.scan.charset = one.probe.end();
    },
  });

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      const bodyFrom = lines.push(bytes);
      if (bodyFrom !== undefined) for (const hasher of hashers) hasher.push(bytes.subarray(bodyFrom));
      tree.push(bytes);
    },
    end() {
      tree.end();
      return { lines: lines.end(), parts, bodyHashes: hashers.map((hasher) => hasher.end()) };
    },
  };
}
