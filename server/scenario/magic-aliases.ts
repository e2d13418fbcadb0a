/**
 * Addresses that developers know from elsewhere, as tags of ours. Labels
 * (`bounce+label1@`) are free there and say nothing. Suppression lists of
 * other products answer as a hard bounce does: nothing else is seen of them.
 */
export type Alias = {
  of: string;
  /** Absent: any domain. */
  domain?: string;
  /** Lower case, without `_` and `-`. */
  local: string;
  /** As its own documentation writes it. */
  address: string;
  tag: string;
};

const at = (of: string, domain: string, tags: Record<string, string>): Alias[] =>
  Object.entries(tags).map(([name, tag]) => ({ of, domain, local: plainName(name), address: `${name}@${domain}`, tag }));

export const plainName = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

export const ALIASES: readonly Alias[] = [
  ...at('Amazon SES', 'simulator.amazonses.com', { success: 'ok', bounce: 'rcpt.550.5-1-1', ooto: 'ooo', complaint: 'complaint', suppressionlist: 'rcpt.550.5-1-1' }),
  ...at('Resend', 'resend.dev', { delivered: 'ok', bounced: 'rcpt.550.5-1-1', complained: 'complaint', suppressed: 'rcpt.550.5-1-1' }),
  ...at('Postmark', 'bounce-testing.postmarkapp.com', {
    HardBounce: 'rcpt.550.5-1-1', SoftBounce: 'full', Transient: 'rcpt.451.4-4-1', BadEmailAddress: 'rcpt.553.5-1-3', AddressChange: 'rcpt.551.5-1-6', Unconfirmed: 'disabled',
    Blocked: 'blocklist', SpamNotification: 'spam', VirusNotification: 'virus', OpenRelayTest: 'relay', DMARCPolicy: 'dmarc', DnsError: 'nxdomain', Unknown: 'rcpt.554.5-0-0',
    AutoResponder: 'ooo', ChallengeVerification: 'ooo', Subscribe: 'ooo', Unsubscribe: 'ooo',
  }),
  ...at('MailerSend', 'bounce-test.mailersend.net', { 'hard-bounce': 'rcpt.550.5-1-1', 'soft-bounce': 'rcpt.421', blocked: 'rcpt.554.5-7-1', transient: 'rcpt.450', 'dns-error': 'rcpt.450.4-4-3', dmarc: 'dmarc' }),
  { of: 'KumoMTA sink', local: 'tempfail', address: 'tempfail@…', tag: 'body.451.4-0-0' },
  { of: 'KumoMTA sink', local: 'permfail', address: 'permfail@…', tag: 'body.550.5-0-0' },
];

const ANYWHERE = new Map(ALIASES.filter(({ domain }) => domain === undefined).map((alias) => [alias.local, alias]));
const BY_DOMAIN = new Map<string, Map<string, Alias>>();
for (const alias of ALIASES) {
  if (alias.domain === undefined) continue;
  if (!BY_DOMAIN.has(alias.domain)) BY_DOMAIN.set(alias.domain, new Map());
  BY_DOMAIN.get(alias.domain)!.set(alias.local, alias);
}

/** `local` without what comes after its first `+`. */
export function aliasOf(local: string, domain: string): Alias | undefined {
  const there = BY_DOMAIN.get(domain);
  if (there) return there.get(plainName(local));
  return local.length === 8 ? ANYWHERE.get(local.toLowerCase()) : undefined;
}

export const isAliasDomain = (domain: string): boolean => BY_DOMAIN.has(domain);
