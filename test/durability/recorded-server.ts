/**
 * `node recorded-server.ts <folder>`: a Postern that simulates, whose pretend
 * remote writes each message that it took into `<folder>/remote.jsonl` before
 * its 250 goes out: a record of the other side that a kill cannot take back.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../server/assemble.ts';
import { defaults } from '../../server/config.ts';

const dir = process.argv[2]!;
const record = openSync(join(dir, 'remote.jsonl'), 'a');
const anywhere = { host: '127.0.0.1', port: 0 };
await assemble(
  { ...defaults(), smtpListen: anywhere, httpListen: anywhere, dataDir: dir, logLevel: 'silent', mode: 'simulate' },
  { hear: ({ message, recipients }) => void writeSync(record, `${JSON.stringify({ message, recipients })}\n`) },
);
