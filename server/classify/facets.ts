/**
 * What else a reply tells, beside its class: the provider and its own code,
 * the block list and where to ask for removal, when to come back. Found by
 * patterns without nested repetition, in the text as it was cut for reading.
 */
import type { Facets } from './verdict.ts';
import { stem } from './words.ts';

// The provider's own code, each in its shape.
const TOKEN = /\b(I?PTS{1,2}\d\d|TSS?\d\d|BL\d\d|GL\d\d|S31[45]0|IB\d{3}|(?:RL|BL|PT|DM|ES)0\d{5}|(?:OFR|LPN)\d{0,3}_\d{3}|HME1|HCM\d|HM\d\d|CS\d\d|(?:DT|HL|IP|MI|RP|IB|WM):[A-Z]{3}|(?:DNS|RTR|HVU|CON|DYN|RLY):[A-Z]{1,2}\d?)\b|(?:[?&]p=)([A-Za-z]{4,40})|\b(AUP#[A-Za-z]{1,8}-?\d{0,5})|\((S\d{4}|G\d{1,2}[A-Z]?)\)|\b(ATTR\d{1,3}|AS\(\d{1,9}\)|AS\d{6,9})/i;

/** Words of a text or a host name (its dots are spaces) that name a provider. */
const PROVIDERS: Record<string, string> = {
  google: 'google', gsmtp: 'google', gmail: 'google', googlemail: 'google',
  outlook: 'microsoft', microsoft: 'microsoft', hotmail: 'microsoft', office: 'microsoft', resolver: 'microsoft', storedrv: 'microsoft', onmicrosoft: 'microsoft',
  yahoo: 'yahoo', yahoodns: 'yahoo', yahooinc: 'yahoo', aol: 'yahoo',
  icloud: 'apple', apple: 'apple', comcast: 'comcast', gmx: 'gmx', kundenserver: 'gmx', mimecast: 'mimecast',
  pphosted: 'proofpoint', proofpoint: 'proofpoint', barracuda: 'barracuda', barracudanetworks: 'barracuda',
  qq: 'qq', netease: 'netease', orange: 'orange', wanadoo: 'orange', ofr: 'orange', laposte: 'laposte', lpn: 'laposte',
  secureserver: 'godaddy', bizsmtp: 'godaddy', amazonses: 'amazonses', amazonaws: 'amazonses', zoho: 'zoho', yandex: 'yandex',
  messagelabs: 'messagelabs', symanteccloud: 'messagelabs', emailsrvr: 'rackspace', rackspace: 'rackspace', charter: 'spectrum', spectrum: 'spectrum', aup: 'spectrum',
};
const BY_WORD = new Map(Object.entries(PROVIDERS).map(([word, provider]) => [stem(word), provider]));

const LISTS = /\b((?:[a-z0-9-]{1,40}\.){0,4}(?:spamhaus\.org|spamcop\.net|sorbs\.net|barracudacentral\.org|surbl\.org|uribl\.com|uceprotect\.net|mailspike\.net|spamrats\.com|psbl\.org|abuseat\.org|junkemailfilter\.com|invaluement\.com|abusix\.zone|backscatterer\.org|manitu\.net))|\b(spamhaus|cloudmark|senderscore|barracuda|sorbs|spamcop|trend micro)\b/i;
const DELIST = /https?:\/\/[^\s<>"')\]]{4,200}/g;
const DELIST_HOST = /spamhaus|spamcop|sorbs|barracuda|cloudmark|senderscore|uceprotect|surbl|uribl|mail-abuse|trendmicro|junkemailfilter|ipcheck\.proofpoint|talosintelligence|senderbase|abuse|delist|removal|remove|unblock|sender\.office\.com|postmaster|lookup|rbl/i;

// "in 5 minutes", "after 300 seconds", "wait 2 hours", "for 5 minutes", "00:05:00".
const AFTER = /\b(?:in|after|for|wait|within|another|least)\s{1,3}(?:about\s|at least\s)?(\d{1,5})\s{0,3}(s|sec|secs|seconds?|m|mins?|minutes?|h|hours?)\b/i;
const CLOCK = /\b(?:in|after|for|back at)\s{1,3}(\d{1,2}):([0-5]\d):([0-5]\d)\b/i;

export function tokenOf(text: string): string | undefined {
  const found = TOKEN.exec(text);
  return found ? (found[1] ?? found[2] ?? found[3] ?? found[4] ?? found[5])!.toUpperCase() : undefined;
}

/** The host is the surest; then what the text names. */
export function providerOf(words: readonly string[], host = ''): string | undefined {
  for (const word of host.toLowerCase().split(/[^a-z]/)) if (word !== '' && BY_WORD.has(stem(word))) return BY_WORD.get(stem(word));
  for (const word of words) if (BY_WORD.has(word)) return BY_WORD.get(word);
  return undefined;
}

export function retryAfterOf(text: string): number | undefined {
  const clock = CLOCK.exec(text);
  if (clock) return Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3]);
  const after = AFTER.exec(text);
  if (!after) return undefined;
  const unit = after[2]![0]!.toLowerCase();
  const seconds = Number(after[1]) * (unit === 's' ? 1 : unit === 'm' ? 60 : 3_600);
  return seconds > 0 && seconds <= 7 * 86_400 ? seconds : undefined;
}

export function blocklistOf(text: string): Pick<Facets, 'blocklist' | 'delistUrl'> {
  const list = LISTS.exec(text);
  const url = text.match(DELIST)?.find((one) => DELIST_HOST.test(one))?.replace(/[.,;]+$/, '');
  return {
    ...(list ? { blocklist: (list[1] ?? list[2])!.toLowerCase() } : {}),
    ...(url === undefined ? {} : { delistUrl: url }),
  };
}
