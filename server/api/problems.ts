/**
 * Everything that can be answered instead of what was asked for (RFC 9457).
 * One registry: it makes the answers, GET /problems/{name} and the list in
 * docs/api.md, so that none of them can name a problem that the others do
 * not. A problem's name is a public contract: names are added, never changed.
 */
import type { Problem } from '../../sdk/contract.ts';

type Entry = { status: number; title: string; means: string };

export const PROBLEMS = {
  'malformed-json': { status: 400, title: 'The body is not JSON', means: 'The request says application/json and its body cannot be read as that. `detail` says where it breaks.' },
  'bad-request': { status: 400, title: 'This is not HTTP', means: 'The request cannot be read: a broken request line, header or length, or a handshake of a WebSocket that is none.' },
  'bad-cursor': { status: 400, title: 'Not a cursor', means: 'A cursor is the text that a list, a message or a wait answered as `cursor` or `next`. It is given back as it is; anything else is refused rather than guessed at.' },
  'bad-search': { status: 400, title: 'The search cannot be read', means: '`q` breaks at the position that `errors` names. A word that holds a colon or quotes is put in quotes.' },
  'token-required': { status: 401, title: 'A token is needed', means: 'Postern was started with a token. Send `Authorization: Bearer <token>`, or log in with any user name and the token as the password.' },
  'cross-origin': { status: 403, title: 'A web page of another origin asked', means: 'A page of another web site may not change or watch what is kept here. Pages are let in by the setting POSTERN_HTTP_ORIGINS.' },
  'unknown-route': { status: 404, title: 'There is no such path', means: 'Nothing answers at this path. `detail` names the nearest ones.' },
  'no-such-message': { status: 404, title: 'There is no such message', means: 'It was never here, it was deleted, or its stream no longer keeps it.' },
  'no-such-body': { status: 404, title: 'The message has no such body', means: 'A message can lack a text or an HTML part. `detail` says which it has.' },
  'no-such-part': { status: 404, title: 'The message has no such part', means: 'Parts are named as in `structure`: `1`, `1.2`, and so on.' },
  'no-such-stream': { status: 404, title: 'There is no such stream', means: 'Streams are made with POST /v1/streams or in the configuration. `default` always exists.' },
  'no-such-credential': { status: 404, title: 'There is no such credential', means: 'It was deleted, has expired, or belongs to another stream.' },
  'no-such-recipient': { status: 404, title: 'The message has no such recipient', means: 'The envelope of the message does not name this address. Case does not count.' },
  'no-such-site': { status: 404, title: 'There is no such site', means: 'The stream has had no mail for it. GET /v1/queue lists the sites that are known; each is named as it is there.' },
  'no-such-persona': { status: 404, title: 'There is no such persona', means: 'GET /v1/personas lists them.' },
  'no-such-suppression': { status: 404, title: 'This address is not suppressed', means: 'Not in this stream, or (without a stream) not for every stream: the two are kept apart.' },
  'no-such-key': { status: 404, title: 'There is no such DKIM key', means: 'GET /v1/dkim lists the keys of this Postern; each pair is named by the base of its selectors.' },
  'no-preflight': { status: 404, title: 'No pre-flight was run', means: 'Nobody has looked at the domain of this stream yet: POST /v1/preflight does. Streams in mode deliver are looked at once a day.' },
  'no-such-hook': { status: 404, title: 'There is no such hook', means: 'It was deleted, or its stream was.' },
  'no-such-hook-call': { status: 404, title: 'There is no such call of a hook', means: 'It was never made, or it is among the older ones that are no longer kept.' },
  'no-such-problem': { status: 404, title: 'There is no problem of this name', means: 'GET /problems lists them all.' },
  'method-not-allowed': { status: 405, title: 'Not by this method', means: 'The path exists; the `Allow` header says what it takes.' },
  'request-timeout': { status: 408, title: 'The request did not come in time', means: 'Headers are to be in within 30 seconds and a body within five minutes.' },
  'wait-timeout': { status: 408, title: 'The mail did not come in time', means: 'The wait saw fewer messages than it was to wait for. `arrived` holds the nearest ones that did come, each with how it differs.' },
  'event-timeout': { status: 408, title: 'The event did not come in time', means: 'Nothing of the kind happened before the time ran out. `happened` holds what did happen to the message, the recipient or the stream that was asked for.' },
  'clock-runs-by-itself': { status: 409, title: 'This clock cannot be moved', means: 'A stream that delivers runs on the wall clock: its remotes are real.' },
  'delivery-not-permitted': { status: 409, title: 'This Postern may not deliver', means: 'It was started without `delivery`, the first of the three keys of real delivery; no request can turn it. Start it with POSTERN_DELIVERY=on. The other keys are a stream\'s mode deliver and its allow list.' },
  'stream-does-not-deliver': { status: 409, title: 'The stream does not deliver', means: 'Mail is released for real only while the mode of its stream is deliver: PATCH /v1/streams/{stream}.' },
  'already-released': { status: 409, title: 'It is on its way already', means: 'These addresses have the message for real, or it is on its way to them. `again: true` sends it once more; what is held is released by POST /v1/queue/release.' },
  'key-exists': { status: 409, title: 'There are such keys already', means: 'A domain has one pair of DKIM keys that signs and at most one that is prepared to follow it. `detail` says which is there.' },
  'key-in-use': { status: 409, title: 'These keys are in use', means: 'Without them the mail of this domain would be held. Activate another pair first, or say `force`.' },
  'no-key-folder': { status: 409, title: 'There is no folder for keys', means: 'DKIM keys are files. A Postern that keeps its data in memory has no place for them, unless `dkimDir` names one.' },
  'key-trouble': { status: 409, title: 'The keys cannot be used', means: 'The folder or a file of the DKIM keys is not as it must be, for instance readable by others. `detail` says what to mend on the machine.' },
  'unexpected-mail': { status: 409, title: 'Mail came that should not have', means: 'A wait with `count=0` asserts that nothing matches until its time runs out; `messages` holds what did.' },
  'idempotency-conflict': { status: 409, title: 'This key was used for another message', means: 'An Idempotency-Key names one request for 24 hours. The same key came with another body, path or type: use a new key for a new message.' },
  'name-taken': { status: 409, title: 'This name is taken', means: 'Stream names, user names and addresses handed out are unique.' },
  'default-stream': { status: 409, title: 'The default stream stays', means: 'The stream `default` always exists and cannot be deleted. DELETE /v1/messages?stream=default empties it.' },
  'body-too-large': { status: 413, title: 'The request is too large', means: 'The body of the request is larger than what is taken here. The limit is in `detail`; it follows from POSTERN_MAX_MESSAGE_SIZE.' },
  'message-too-large': { status: 413, title: 'The message is too large', means: 'The message is larger than POSTERN_MAX_MESSAGE_SIZE. The same limit is announced to SMTP clients in SIZE.' },
  'unsupported-type': { status: 415, title: 'Not of this type', means: 'The Content-Type is missing or is not one that this path takes. `detail` names those.' },
  'range': { status: 416, title: 'There are no such octets', means: 'The Range begins behind the end; Content-Range says how long it is.' },
  'expectation': { status: 417, title: 'This cannot be expected', means: 'Of the header `Expect`, only `100-continue` is known here.' },
  'unknown-host': { status: 421, title: 'Asked under an unknown name', means: 'The Host header is neither a loopback name, nor an IP address, nor a name listed in POSTERN_HTTP_HOSTS. This keeps web pages from reaching a sandbox through a name of theirs (DNS rebinding). List the name, or send the token with the request.' },
  'invalid': { status: 422, title: 'The request is not right', means: '`errors` says what is wrong with which input.' },
  'unscoped': { status: 422, title: 'Of what?', means: 'Messages are deleted and changed within a stream or an inbox: say `stream` or `inbox`. What waits in the queue is changed within a stream or a message: say `stream` or `message`. There is no way to mean everything by leaving a parameter out.' },
  'not-allowed': { status: 422, title: 'Not on the allow list', means: 'The stream may not deliver to the addresses that `addresses` lists. Nothing was released: add them (or their domains) to `delivery.live.allow` of the stream, or release to others.' },
  'stream-intercepts': { status: 422, title: 'The stream delivers to one address', means: 'While a stream has an intercept address, all its real mail goes there: release to that, or without `to`.' },
  'simulated-refusal': { status: 422, title: 'The scenario refuses it', means: 'A rule of the stream\'s scenario, or a magic address, acts while mail is handed in and refuses this message for good; `detail` is the SMTP reply. Nothing was kept.' },
  'too-many-recipients': { status: 422, title: 'Too many recipients', means: 'One message takes no more recipients than GET /v1/info says in `limits`.' },
  'header-too-large': { status: 431, title: 'The headers are too large', means: 'Request line and headers together take at most 16 kB.' },
  'internal': { status: 500, title: 'Postern failed', means: 'A bug. The log has the error under the id in `detail`.' },
  'no-room': { status: 503, title: 'Too much is in flight', means: 'More mail is on its way in than memory is set aside for. Retry-After says when to come back.' },
  'store-broken': { status: 503, title: 'The store cannot take it', means: 'The store does not answer as it should; /readyz says why. Nothing of this request was kept.' },
  'shutting-down': { status: 503, title: 'Postern is shutting down', means: 'Nothing of this request was kept.' },
  'simulated-deferral': { status: 503, title: 'The scenario defers it', means: 'A rule of the stream\'s scenario, or a magic address, acts while mail is handed in and refuses this message for now; `detail` is the SMTP reply. Nothing was kept: send it again.' },
  'too-slow': { status: 503, title: 'Too far behind', means: 'The subscriber took events more slowly than they came. It can come back with its cursor.' },
  'disk-full': { status: 507, title: 'The disk is full', means: 'Nothing more can be kept until there is room. What was accepted is safe.' },
} as const satisfies Record<string, Entry>;

export type ProblemName = keyof typeof PROBLEMS;

export type ProblemExtras = { detail?: string; errors?: { path: string; message: string }[] };

/** Seconds after which it is worth to come back, for those that pass. */
const RETRY_AFTER: Partial<Record<ProblemName, number>> = { 'no-room': 1, 'store-broken': 5, 'shutting-down': 2, 'simulated-deferral': 1, 'too-slow': 1 };

export function problemBody<X extends object>(name: ProblemName, extras: ProblemExtras & X = {} as X): Problem & X {
  const { status, title } = PROBLEMS[name];
  return { type: `/problems/${name}`, title, status, ...extras };
}

export function problem(name: ProblemName, extras: ProblemExtras & object = {}, headers: Record<string, string> = {}): Response {
  const retry = RETRY_AFTER[name];
  return new Response(JSON.stringify(problemBody(name, extras)), {
    status: PROBLEMS[name].status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
      ...headers,
    },
  });
}

export const isProblemName = (name: string): name is ProblemName => Object.hasOwn(PROBLEMS, name);
