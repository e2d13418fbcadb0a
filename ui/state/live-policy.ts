/**
 * What a stream may deliver for real, as a form shows it (all of it text) and
 * as a request says it. Pure. Numbers that are none are told here; everything
 * else is judged by the server, which answers with the path of what it means.
 */
import type { DeliveryPolicyInput, LivePolicy, LivePolicyInput, Relay, RelayInput, Stream } from '../../sdk/contract.ts';

export type Flaw = { path: string; message: string };
export type RelayDraft = { key: number; domains: string; when: Relay['when']; host: string; port: string; tls: Relay['tls']; user: string; /** Typed now; what is kept is never known here. */ password: string; /** What the kept password goes with; null without one. */ kept: string | null; forget: boolean };
export type SourceDraft = { key: number; ipv4: string; ipv6: string; helo: string };
export type Draft = {
  /** One to a line. */
  allow: string;
  intercept: string;
  canary: { on: boolean; first: string; /** Per cent. */ share: string };
  warmUp: { on: boolean; caps: string };
  relays: RelayDraft[];
  sources: SourceDraft[];
  family: LivePolicy['family'];
  tls: LivePolicy['tls'];
  dkim: { on: boolean; domain: string; selector: string };
  feedbackId: string;
  unsubscribe: boolean;
  returnPath: string;
};

let keys = 0;
export const newRelay = (): RelayDraft => ({ key: ++keys, domains: '*', when: 'fallback', host: '', port: '', tls: 'verified', user: '', password: '', kept: null, forget: false });
export const newSource = (): SourceDraft => ({ key: ++keys, ipv4: '', ipv6: '', helo: '' });

export function draftOf({ delivery }: Pick<Stream, 'delivery'>): Draft {
  const { live, returnPath } = delivery;
  return {
    allow: live.allow.join('\n'),
    intercept: live.intercept ?? '',
    canary: { on: live.canary !== null, first: String(live.canary?.first ?? 10), share: String(Number(((live.canary?.share ?? 0) * 100).toFixed(4))) },
    warmUp: { on: live.warmUp !== null, caps: (live.warmUp?.caps ?? doubling(50, 50_000)).join(', ') },
    relays: live.relays.map(({ domains, when, host, port, tls, user, hasPassword }) => ({ key: ++keys, domains: domains.join(', '), when, host, port: String(port), tls, user: user ?? '', password: '', kept: hasPassword ? loginOf(host, String(port), user ?? '') : null, forget: false })),
    sources: live.sources.map(({ ipv4, ipv6, helo }) => ({ key: ++keys, ipv4: ipv4 ?? '', ipv6: ipv6 ?? '', helo: helo ?? '' })),
    family: live.family,
    tls: live.tls,
    dkim: { on: live.dkim !== null, domain: live.dkim?.domain ?? '', selector: live.dkim?.selector ?? '' },
    feedbackId: live.feedbackId ?? '',
    unsubscribe: live.unsubscribe,
    returnPath: returnPath ?? '',
  };
}

const loginOf = (host: string, port: string, user: string): string => [host.trim().toLowerCase(), port.trim(), user.trim()].join(' ');
/** The server keeps a password with its host, port and user: of another one it has to be typed again. */
export const losesPassword = ({ host, port, user, password, kept, forget }: RelayDraft): boolean => kept !== null && !forget && password === '' && loginOf(host, port, user) !== kept;

/** 50, 100, 200 … up to and with `most`. */
export function doubling(first: number, most: number): number[] {
  const caps: number[] = [];
  for (let cap = first; cap < most; cap *= 2) caps.push(cap);
  return [...caps, most];
}

const lines = (text: string): string[] => text.split(/[\n,]/).map((one) => one.trim()).filter(Boolean);
/** As other programs hand lists of addresses over, too. */
export const allowOf = ({ allow }: Pick<Draft, 'allow'>): string[] => allow.split(/[\n,;]/).map((one) => one.trim()).filter(Boolean);
const words = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);
const orNull = (text: string): string | null => text.trim() || null;

type Whole = Required<LivePolicyInput>;
export type ReadDraft = { live: Whole; returnPath: string | null; flaws: Flaw[] };

export function readDraft(draft: Draft): ReadDraft {
  const flaws: Flaw[] = [];
  const number = (typed: string, path: string, what: string): number => {
    const text = typed.trim().replaceAll(/(?<=\d)[_'](?=\d{3})/g, '');
    const read = text === '' ? Number.NaN : Number(text);
    if (Number.isFinite(read)) return read;
    flaws.push({ path: `delivery.live.${path}`, message: text === '' ? `${what} is missing` : `“${text}” is no number` });
    return 0;
  };
  const { canary, warmUp, dkim } = draft;
  const live: Whole = {
    allow: allowOf(draft),
    intercept: orNull(draft.intercept),
    canary: canary.on ? { first: number(canary.first, 'canary.first', 'how many go first'), share: Number((number(canary.share, 'canary.share', 'the share') / 100).toFixed(6)) } : null,
    warmUp: warmUp.on ? { caps: words(warmUp.caps).map((cap, day) => number(cap, `warmUp.caps.${day}`, 'the cap')) } : null,
    relays: draft.relays.map((relay, n) => relayOf(relay, (typed) => number(typed, `relays.${n}.port`, 'the port'))),
    sources: draft.sources.map(({ ipv4, ipv6, helo }) => ({ ipv4: orNull(ipv4), ipv6: orNull(ipv6), helo: orNull(helo) })),
    family: draft.family,
    tls: draft.tls,
    dkim: dkim.on ? { domain: orNull(dkim.domain), selector: orNull(dkim.selector) } : null,
    feedbackId: orNull(draft.feedbackId),
    unsubscribe: draft.unsubscribe,
  };
  return { live, returnPath: orNull(draft.returnPath), flaws };
}

function relayOf({ domains, when, host, port, tls, user, password, kept, forget }: RelayDraft, number: (typed: string) => number): RelayInput {
  return {
    domains: lines(domains), when, host: host.trim(), tls, user: orNull(user),
    ...(port.trim() === '' ? {} : { port: number(port) }),
    ...(password !== '' ? { password } : forget ? { password: null, hasPassword: false } : { hasPassword: kept !== null }),
  };
}

/** The parts in which two drafts differ, as a patch; undefined when in none. What others changed elsewhere stays. */
export function patchOf(before: Draft, after: Draft): DeliveryPolicyInput | undefined {
  const was = readDraft(before);
  const is = readDraft(after);
  const parts = (Object.keys(is.live) as (keyof Whole)[]).filter((part) => JSON.stringify(was.live[part]) !== JSON.stringify(is.live[part]));
  const live = Object.fromEntries(parts.map((part) => [part, is.live[part]])) as LivePolicyInput;
  const patch: DeliveryPolicyInput = { ...(parts.length > 0 ? { live } : {}), ...(was.returnPath === is.returnPath ? {} : { returnPath: is.returnPath }) };
  return Object.keys(patch).length === 0 ? undefined : patch;
}

const NAMED: Record<keyof Whole | 'returnPath', string> = {
  allow: 'the allow list', intercept: 'the intercept address', canary: 'the canary', warmUp: 'the warm-up', relays: 'the relays', sources: 'the sources', family: 'which addresses of a host are tried',
  tls: 'TLS', dkim: 'DKIM', feedbackId: 'the Feedback-ID', unsubscribe: 'unsubscribing', returnPath: 'the return path',
};
/** What two have changed from the same begin, each in another way. */
export function clashesOf(before: Draft, mine: Draft, theirs: Draft): string[] {
  const [was, is, other] = [before, mine, theirs].map((draft) => {
    const { live, returnPath } = readDraft(draft);
    return { ...live, returnPath } as Record<string, unknown>;
  }) as [Record<string, unknown>, Record<string, unknown>, Record<string, unknown>];
  const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
  return Object.entries(NAMED).flatMap(([part, name]) => (differ(was[part], is[part]) && differ(was[part], other[part]) && differ(is[part], other[part]) ? [name] : []));
}

/** What is said about one field, or about something in it; a path of the server begins with `delivery.`. */
export function flawAt(flaws: readonly Flaw[], field: string): string {
  const path = field === 'returnPath' ? 'delivery.returnPath' : `delivery.live.${field}`;
  return flaws.filter((flaw) => flaw.path === path || flaw.path.startsWith(`${path}.`)).map(({ message }) => message).join('; ');
}

/** Objections to entries of a list, with the entry that each means. */
export function flawsIn(flaws: readonly Flaw[], field: string, entries: readonly string[]): { entry: string; n: number; message: string }[] {
  return flaws.flatMap(({ path, message }) => {
    const n = new RegExp(`^delivery\\.live\\.${field}\\.(\\d+)$`).exec(path)?.[1];
    return n === undefined ? [] : [{ entry: entries[Number(n)] ?? '', n: Number(n), message }];
  });
}

/** The tab where a field is. */
export const tabOfFlaw = ({ path }: Flaw): 'gate' | 'way' => (/^delivery\.live\.(allow|intercept|canary|warmUp)\b/.test(path) ? 'gate' : 'way');
