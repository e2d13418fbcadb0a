/** /v1/preflight: what receivers would find out about the domain that a stream sends as, and what to publish. */
import { OperatorError } from '../operator-error.ts';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { Preflight, PreflightInput } from './schemas/going-out.ts';
import { StreamName } from './schemas/streams.ts';
import { noSuchStream } from './streams.ts';
import { preflightOf } from './wire-live.ts';

export function preflightRoutes({ add }: Routes, { real, streams }: ApiDeps): void {
  add({
    method: 'post', path: '/v1/preflight', noun: 'Real delivery', summary: 'Look at the domain that mail is sent as: SPF, DKIM, DMARC, MX, PTR, MTA-STS and more, with what to publish',
    description: 'Say `stream`, `domain` or both. Asks the DNS and the addresses that it names; takes seconds. Nothing is changed or sent.',
    body: PreflightInput, answer: Preflight, problems: ['no-such-stream', 'malformed-json', 'unsupported-type'],
  }, async ({ body: { stream, domain, call } }) => {
    if (stream === undefined && domain === undefined) return invalid([{ path: 'stream', message: 'is missing, or say `domain`' }]);
    if (stream === undefined && call) return invalid([{ path: 'call', message: 'needs `stream`: it calls whom the stream may send to' }]);
    try {
      const found = stream === undefined ? await real.preflight.ofDomain(domain!) : await real.preflight.ofStream(stream, { ...(domain === undefined ? {} : { domain }), ...(call === undefined ? {} : { call }) });
      if (found === 'no-stream') return noSuchStream(stream!);
      if (found === 'no-domain') return invalid([{ path: 'domain', message: `is missing: "${stream}" names none, neither for its DKIM signatures nor for its return path` }]);
      return preflightOf(found);
    } catch (error) {
      if (error instanceof OperatorError) return invalid([{ path: domain === undefined ? 'stream' : 'domain', message: error.message }]);
      throw error;
    }
  });

  add({
    method: 'get', path: '/v1/streams/{stream}/preflight', noun: 'Real delivery', summary: 'The last pre-flight of a stream',
    description: 'By a request, or the daily one of a stream in mode `deliver`; a change between two of them is the event `preflight.changed`.',
    params: StreamName, answer: Preflight, problems: ['no-such-stream', 'no-preflight'],
  }, async ({ params: { stream } }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    const last = await real.preflight.last(stream);
    return last ? preflightOf(last) : problem('no-preflight', { detail: `Nobody has looked at the domain of "${stream}" yet: POST /v1/preflight with {"stream":"${stream}"}.` });
  });
}
