/**
 * Asks rspamd for a score: POST /checkv2 with the raw message. The address is
 * the operator's, so it is not held to be public; nothing of it comes from a
 * mail. Answers with a fault, never throws.
 */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Clock } from '../../../clock.ts';
import { ANSWER_LIMIT, type SpamAnswer, type SpamQuestion, TIME } from './spam.ts';

export function rspamd(url: string, clock: Clock): (question: SpamQuestion) => Promise<SpamAnswer> {
  const target = new URL('checkv2', url.endsWith('/') ? url : `${url}/`);
  return async ({ envelope, size, body }) => {
    const stop = new AbortController();
    const cancel = clock.after(TIME, () => stop.abort(new Error(`no answer within ${TIME / 1000} s`)));
    try {
      const raw = await body();
      if (!raw) return { kind: 'fault', why: 'the message is gone' };
      return read(await new Promise<string>((resolve, reject) => {
        const ask = (target.protocol === 'https:' ? requestTls : requestPlain)(target, {
          method: 'POST', signal: stop.signal, agent: false,
          headers: {
            'content-length': size, 'content-type': 'message/rfc822', ...headerOf('from', [envelope.from]), ...headerOf('rcpt', envelope.recipients.map(({ address }) => address)),
          },
        });
        ask.on('error', reject);
        ask.once('response', (answer) => {
          const pieces: Buffer[] = [];
          let octets = 0;
          answer.on('data', (chunk: Buffer) => {
            octets += chunk.length;
            if (octets > ANSWER_LIMIT) answer.destroy(new Error('the answer is too long'));
            else pieces.push(chunk);
          });
          answer.on('error', reject);
          answer.once('end', () => {
            const text = Buffer.concat(pieces).toString('utf8');
            if (answer.statusCode === 200) resolve(text);
            else reject(new Error(`it answered ${answer.statusCode}: ${text.slice(0, 200)}`));
          });
        });
        void send(raw, ask).catch(reject);
      }));
    } catch (error) {
      const reason = (stop.signal.aborted ? stop.signal.reason : error) as NodeJS.ErrnoException;
      return { kind: 'fault', why: reason.message || reason.code || 'the connection failed' };
    } finally {
      cancel();
    }
  };
}

/** Fields of HTTP hold ASCII; an address beyond is left out. At most 20 recipients: more change no score. */
function headerOf(name: string, addresses: readonly string[]): Record<string, string[]> {
  const fit = addresses.filter((address) => /^[\x21-\x7e]+$/.test(address)).slice(0, 20);
  return fit.length > 0 ? { [name]: fit } : {};
}

/** With back pressure. An answer may come before the whole was sent. */
export async function send(raw: AsyncIterable<Uint8Array>, to: NodeJS.WritableStream & { destroyed?: boolean }): Promise<void> {
  for await (const chunk of raw) {
    if (to.destroyed) return;
    if (to.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        to.off('drain', go).off('close', go).off('error', go);
        resolve();
      };
      to.on('drain', go).on('close', go).on('error', go);
    });
  }
  to.end();
}

function read(text: string): SpamAnswer {
  let answer: { score?: unknown; required_score?: unknown; action?: unknown; symbols?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return { kind: 'fault', why: 'its answer is no JSON' };
  }
  const { score, required_score: threshold, action, symbols } = answer ?? {};
  if (typeof score !== 'number' || typeof threshold !== 'number') return { kind: 'fault', why: 'its answer holds no score' };
  const listed = symbols && typeof symbols === 'object' ? Object.entries(symbols as Record<string, { score?: unknown; description?: unknown }>) : [];
  return {
    kind: 'score', score, threshold,
    ...(typeof action === 'string' ? { action: action.slice(0, 60) } : {}),
    symbols: listed.map(([name, one]) => ({ name: name.slice(0, 100), score: typeof one?.score === 'number' ? one.score : 0, says: typeof one?.description === 'string' ? one.description : '' })),
  };
}
