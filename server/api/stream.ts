/** Bytes on their way out: pulled as the client takes them, let go of when it leaves. */

/** A web stream over an iterable; nothing is read before it is asked for (a HEAD request asks for nothing). */
export function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  }, { highWaterMark: 0 });
}

export type Range = { start: number; end: number };

/**
 * The one range of a Range header (RFC 9110 §14.2), as [start, end). Several
 * ranges, other units and nonsense are ignored, as the RFC allows.
 */
export function rangeOf(header: string | undefined, size: number): Range | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') {
    const last = Number(match[2]);
    return last === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - last), end: size };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size : Math.min(Number(match[2]) + 1, size);
  if (match[2] !== '' && Number(match[2]) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}

/** Whether an If-None-Match (RFC 9110 §13.1.2) names what there is: then it need not be sent again. */
export const isFresh = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag) ?? false;

/** Content-Disposition with a file name for every client: ASCII in quotes (RFC 6266), all of it in UTF-8 (RFC 8187). */
export function disposition(kind: 'attachment' | 'inline', filename: string): string {
  const name = filename.toWellFormed().slice(0, 255).toWellFormed();
  if (name === '') return kind;
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const extended = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"${ascii === name ? '' : `; filename*=UTF-8''${extended}`}`;
}
