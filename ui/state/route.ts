/**
 * Every place of the app as an address behind `#`, and back. Pure. An address
 * that says nothing we know is the list of all mail: a link never leads to an
 * empty page. `#/messages/{id}` alone works, as the SDK writes it.
 */

/** What a list shows. Nothing set: all mail. */
export type Scope = { stream?: string; inbox?: string; q?: string };

export const TABS = ['html', 'text', 'delivery', 'links', 'files', 'headers', 'envelope', 'source', 'checks'] as const;
export type Tab = (typeof TABS)[number];
/** Parts of the page of one stream that goes out. */
export const LIVE_TABS = ['gate', 'way', 'preflight', 'keys', 'audit'] as const;
export type LiveTab = (typeof LIVE_TABS)[number];
/** What is asked of telemetry, as text; what it means is said in telemetry-asked.ts. */
export const TELEMETRY_ASKED = ['stream', 'mode', 'site', 'period', 'from', 'to', 'view', 'moment', 'length', 'before', 'after'] as const;
export type TelemetryAsked = Partial<Record<(typeof TELEMETRY_ASKED)[number], string>>;

export type Place =
  | { at: 'mail'; scope: Scope; message?: string; tab?: Tab }
  | { at: 'inboxes'; scope: Scope }
  | { at: 'streams'; name?: string }
  | { at: 'live'; name?: string; tab?: LiveTab }
  | { at: 'queue'; scope: Scope }
  | { at: 'telemetry'; asked: TelemetryAsked }
  | { at: 'scenario'; name?: string }
  | { at: 'suppressions'; scope: Scope }
  | { at: 'hooks'; name?: string; hook?: string }
  | { at: 'log' }
  | { at: 'start' };

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const [room, first, second] = path.split('/').filter(Boolean).map(decoded);
  const scope = scopeOf(new URLSearchParams(query));
  switch (room) {
    case 'messages': {
      if (!first) return { at: 'mail', scope };
      const tab = TABS.find((one) => one === second);
      return { at: 'mail', scope, message: first, ...(tab ? { tab } : {}) };
    }
    case 'inboxes': return { at: 'inboxes', scope };
    case 'streams': return first ? { at: 'streams', name: first } : { at: 'streams' };
    case 'live': {
      if (!first) return { at: 'live' };
      const tab = LIVE_TABS.find((one) => one === second);
      return { at: 'live', name: first, ...(tab ? { tab } : {}) };
    }
    case 'queue': return { at: 'queue', scope: scope.stream === undefined ? {} : { stream: scope.stream } };
    case 'telemetry': return { at: 'telemetry', asked: pickOf(new URLSearchParams(query), TELEMETRY_ASKED) };
    case 'scenarios': return first ? { at: 'scenario', name: first } : { at: 'scenario' };
    case 'suppressions': return { at: 'suppressions', scope };
    case 'hooks': return first ? { at: 'hooks', name: first, ...(second ? { hook: second } : {}) } : { at: 'hooks' };
    case 'events': return { at: 'log' };
    case 'start': return { at: 'start' };
    default: return { at: 'mail', scope };
  }
}

const ROOMS = new Set(['mail', 'messages', 'inboxes', 'streams', 'live', 'queue', 'telemetry', 'scenarios', 'suppressions', 'hooks', 'events', 'start']);

/** What an address names that is none of the views. */
export function strayOf(hash: string): string | undefined {
  const [room] = hash.replace(/^#/, '').split('?')[0]!.split('/').filter(Boolean).map(decoded);
  return room === undefined || ROOMS.has(room) ? undefined : room;
}

export function hashOf(place: Place): string {
  switch (place.at) {
    case 'mail': {
      const path = place.message === undefined ? 'mail' : `messages/${encodeURIComponent(place.message)}${place.tab ? `/${place.tab}` : ''}`;
      return `#/${path}${queryOf(place.scope)}`;
    }
    case 'inboxes': return `#/inboxes${queryOf(place.scope)}`;
    case 'streams': return place.name === undefined ? '#/streams' : `#/streams/${encodeURIComponent(place.name)}`;
    case 'live': return place.name === undefined ? '#/live' : `#/live/${encodeURIComponent(place.name)}${place.tab === undefined ? '' : `/${place.tab}`}`;
    case 'queue': return `#/queue${queryOf(place.scope)}`;
    case 'telemetry': return `#/telemetry${textOf(place.asked, TELEMETRY_ASKED)}`;
    case 'scenario': return place.name === undefined ? '#/scenarios' : `#/scenarios/${encodeURIComponent(place.name)}`;
    case 'suppressions': return `#/suppressions${queryOf(place.scope)}`;
    case 'hooks': return place.name === undefined ? '#/hooks' : `#/hooks/${encodeURIComponent(place.name)}${place.hook === undefined ? '' : `/${encodeURIComponent(place.hook)}`}`;
    case 'log': return '#/events';
    case 'start': return '#/start';
  }
}

export const sameScope = (a: Scope, b: Scope): boolean => a.stream === b.stream && a.inbox === b.inbox && a.q === b.q;

const SCOPE = ['stream', 'inbox', 'q'] as const;
const scopeOf = (params: URLSearchParams): Scope => pickOf(params, SCOPE);
const queryOf = (scope: Scope): string => textOf(scope, SCOPE);

function pickOf<Name extends string>(params: URLSearchParams, names: readonly Name[]): Partial<Record<Name, string>> {
  const picked: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = params.get(name);
    if (value) picked[name] = value;
  }
  return picked;
}

function textOf<Name extends string>(picked: Partial<Record<Name, string>>, names: readonly Name[]): string {
  const params = new URLSearchParams();
  for (const name of names) if (picked[name]) params.set(name, picked[name]);
  const text = params.toString();
  return text && `?${text}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
