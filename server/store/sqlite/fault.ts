/**
 * What went wrong, in the port's words: SQLite's result codes to StoreFault,
 * and both over the edge of a thread, where an Error loses its class.
 */
import { statfsSync } from 'node:fs';
import { StoreFault } from '../../admission/port.ts';
import { OperatorError } from '../../operator-error.ts';

/** Below this many octets free, a failed write is put down to a full disk. */
const FULL_BELOW = 1024 * 1024;

/** A StoreFault for what SQLite reports of the disk; anything else (a bug) as it is. */
export function faultOf(error: unknown, dir?: string): unknown {
  const code = codeOf(error);
  if (error instanceof Error && /^(ZSTD_|Z_|ERR_ZSTD)/.test(code)) return new StoreFault('broken', `What the store kept cannot be read (${code})`, { cause: error });
  if (!(error instanceof Error) || !code.startsWith('SQLITE_')) return error;
  const primary = code.split('_').slice(0, 2).join('_');
  switch (primary) {
    case 'SQLITE_FULL':
      return new StoreFault('full', 'The disk of the data folder is full', { cause: error });
    case 'SQLITE_IOERR': case 'SQLITE_CANTOPEN': case 'SQLITE_NOMEM':
      // The shared-memory file of the WAL reports a full disk as an I/O error.
      if (dir !== undefined && isFull(dir)) return new StoreFault('full', 'The disk of the data folder is full', { cause: error });
      return new StoreFault('broken', `The store cannot read or write its file (${code}): ${error.message}`, { cause: error });
    case 'SQLITE_CORRUPT': case 'SQLITE_NOTADB': case 'SQLITE_READONLY': case 'SQLITE_PERM': case 'SQLITE_BUSY': case 'SQLITE_LOCKED': case 'SQLITE_PROTOCOL':
      return new StoreFault('broken', `The store cannot use its file (${code}): ${error.message}`, { cause: error });
    default:
      return error;
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

function isFull(dir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize < FULL_BELOW;
  } catch {
    return false;
  }
}

export type WireError = { message: string; stack?: string; reason?: StoreFault['reason']; operator?: true };

export function toWire(error: unknown): WireError {
  if (error instanceof StoreFault) return { message: error.message, reason: error.reason };
  if (error instanceof OperatorError) return { message: error.message, operator: true };
  if (error instanceof Error) return { message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
  return { message: String(error) };
}

export function fromWire(wire: WireError): Error {
  if (wire.reason) return new StoreFault(wire.reason, wire.message);
  if (wire.operator) return new OperatorError(wire.message);
  const error = new Error(wire.message);
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
