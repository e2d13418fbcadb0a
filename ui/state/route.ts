/**
 * Every place of the app as an address behind `#`, and back. Pure. An address
 * that says nothing we know is the list of all mail: a link never leads to an
 * empty page. `#/messages/{id}` alone works, as the SDK writes it.
 */

/** What a list shows. Nothing set: all mail. */
export type Scope = { stream?: string; inbox?: string; q?: string };

export const TABS = ['html', 'text', 'delivery', 'links', 'files', 'headers', 'envelope', 'source', 'checks'] as const;
export type Tab = (typeof TABS)[number];

export type Place =
  | { at: 'mail'; scope: Scope; message?: string; tab?: Tab }
  | { at: 'inboxes'; scope: Scope }
  | { at: 'streams'; name?: string }
  | { at: 'queue'; scope: Scope }
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
    case 'queue': return { at: 'queue', scope: scope.stream === undefined ? {} : { stream: scope.stream } };
    case 'scenarios': return first ? { at: 'scenario', name: first } : { at: 'scenario' };
    case 'suppressions': return { at: 'suppressions', scope };
    case 'hooks': return first ? { at: 'hooks', name: first, ...(second ? { hook: second } : {}) } : { at: 'hooks' };
    case 'events': return { at: 'log' };
    case 'start': return { at: 'start' };
    default: return { at: 'mail', scope };
  }
}

export function hashOf(place: Place): string {
  switch (place.at) {
    case 'mail': {
      const path = place.message === undefined ? 'mail' : `messages/${encodeURIComponent(place.message)}${place.tab ? `/${place.tab}` : ''}`;
      return `#/${path}${queryOf(place.scope)}`;
    }
    case 'inboxes': return `#/inboxes${queryOf(place.scope)}`;
    case 'streams': return place.name === undefined ? '#/streams' : `#/streams/${encodeURIComponent(place.name)}`;
    case 'queue': return `#/queue${queryOf(place.scope)}`;
    case 'scenario': return place.name === undefined ? '#/scenarios' : `#/scenarios/${encodeURIComponent(place.name)}`;
    case 'suppressions': return `#/suppressions${queryOf(place.scope)}`;
    case 'hooks': return place.name === undefined ? '#/hooks' : `#/hooks/${encodeURIComponent(place.name)}${place.hook === undefined ? '' : `/${encodeURIComponent(place.hook)}`}`;
    case 'log': return '#/events';
    case 'start': return '#/start';
  }
}

export const sameScope = (a: Scope, b: Scope): boolean => a.stream === b.stream && a.inbox === b.inbox && a.q === b.q;

function scopeOf(params: URLSearchParams): Scope {
  const scope: Scope = {};
  for (const name of ['stream', 'inbox', 'q'] as const) {
    const value = params.get(name);
    if (value) scope[name] = value;
  }
  return scope;
}

function queryOf(scope: Scope): string {
  const params = new URLSearchParams();
  for (const name of ['stream', 'inbox', 'q'] as const) if (scope[name]) params.set(name, scope[name]);
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
