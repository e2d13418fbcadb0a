/**
 * How octets lie in the database. Most are a zstd frame. A message that was
 * just accepted lies as it came, since compressing it costs a third of what
 * the writer does before the 250; it becomes a frame when it is indexed.
 *
 * Which of the two it is the first octet says, and no sender has a say in it:
 * the detail stands before the body and begins with the JSON of an object, so what is
 * not packed begins with `{`, and a zstd frame begins with 28 B5 2F FD. Both
 * have a checksum, so that bytes that rot on the disk are an error and never
 * somebody's mail; that of a loose one (CRC-32) stands at its end.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { StoreFault } from '../../admission/port.ts';

// Level 1: 10 µs for a 2 KB message, and what level 3 would save is a few per cent.
const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
/** In one chunk: what does not shrink grows by a few octets at most. */
export const compress = (bytes: Uint8Array): Buffer => zstdCompressSync(bytes, { params, chunkSize: bytes.length + 64 });
export const decompress = (bytes: Uint8Array): Buffer => zstdDecompressSync(bytes);

const BRACE = 0x7b;

/** Of a `contents.data`: that it was not compressed yet. */
export const isLoose = (data: Uint8Array): boolean => data[0] === BRACE;

/** Octets of the checksum of a loose one. On disk: never change. */
export const SEAL = 4;

/** Writes the checksum into the last SEAL octets of what is to be kept loose. */
export function seal(data: Uint8Array): Uint8Array {
  const end = data.length - SEAL;
  new DataView(data.buffer, data.byteOffset).setUint32(end, crc32(data.subarray(0, end)));
  return data;
}

/** Of a `contents.data`: the detail, then the body. */
export function opened(data: Buffer): Buffer {
  if (!isLoose(data)) return decompress(data);
  const end = data.length - SEAL;
  const bytes = data.subarray(0, end);
  if (end < 0 || crc32(bytes) !== data.readUInt32BE(end)) throw new StoreFault('broken', 'What the store kept cannot be read (its checksum is wrong)');
  return bytes;
}
