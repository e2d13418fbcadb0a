/**
 * Asks SpamAssassin's spamd for a score, in its own protocol (SPAMC 1.5,
 * REPORT): one connection, one message, one answer. Answers with a fault,
 * never throws.
 *
 *     C: REPORT SPAMC/1.5          S: SPAMD/1.1 0 EX_OK
 *     C: Content-length: 1234      S: Spam: True ; 7.1 / 5.0
 *     C: (empty line, message)     S: (empty line, report)
 */
import { connect } from 'node:net';
import type { Clock } from '../../../clock.ts';
import { send } from './rspamd.ts';
import { ANSWER_LIMIT, type SpamAnswer, type SpamQuestion, TIME } from './spam.ts';

export function spamd(at: { host: string; port: number }, clock: Clock): (question: SpamQuestion) => Promise<SpamAnswer> {
  return async ({ size, body }) => {
    const raw = await body();
    if (!raw) return { kind: 'fault', why: 'the message is gone' };
    const socket = connect({ ...at, allowHalfOpen: true });
    const cancel = clock.after(TIME, () => socket.destroy(new Error(`no answer within ${TIME / 1000} s`)));
    try {
      return read(await new Promise<string>((resolve, reject) => {
        const pieces: Buffer[] = [];
        let octets = 0;
        socket.on('data', (chunk: Buffer) => {
          octets += chunk.length;
          if (octets > ANSWER_LIMIT) socket.destroy(new Error('the answer is too long'));
          else pieces.push(chunk);
        });
        socket.on('error', reject);
        socket.once('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
        socket.once('close', () => reject(new Error('the connection was closed')));
        socket.write(`REPORT SPAMC/1.5\r\nContent-length: ${size}\r\n\r\n`);
        void send(raw, socket).catch(reject);
      }));
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      return { kind: 'fault', why: message || code || 'the connection failed' };
    } finally {
      cancel();
      socket.destroy();
    }
  };
}

function read(answer: string): SpamAnswer {
  const status = /^SPAMD\/[\d.]+ (\d+) (\S*)/.exec(answer);
  if (!status) return { kind: 'fault', why: 'what answers is no spamd' };
  if (status[1] !== '0') return { kind: 'fault', why: `it answered ${status[2] || status[1]!}` };
  const verdict = /^Spam:\s*\w+\s*;\s*(-?[\d.]+)\s*\/\s*(-?[\d.]+)/im.exec(answer);
  if (!verdict) return { kind: 'fault', why: 'its answer holds no score' };
  // Lines of the report: points, the name of a rule, what it means (which may go on in the next line).
  const symbols: { name: string; score: number; says: string }[] = [];
  for (const line of answer.split(/\r?\n/)) {
    const rule = /^\*?\s{0,4}(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]{2,})\s+(.*)$/.exec(line);
    if (rule) symbols.push({ score: Number(rule[1]), name: rule[2]!, says: rule[3]!.trim() });
    else if (symbols.length > 0 && /^\*?\s{10,}\S/.test(line)) symbols.at(-1)!.says += ` ${line.replace(/^\*/, '').trim()}`;
  }
  return { kind: 'score', score: Number(verdict[1]), threshold: Number(verdict[2]), symbols };
}
