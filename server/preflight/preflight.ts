/**
 * Before a stream goes live: what the receivers of its mail would find out
 * about the domain that it sends as, and what to publish where something is
 * missing. Run by the API, by `postern check`, and daily for live streams.
 */
import type { PreflightVerdict } from '../events/event.ts';

export const PREFLIGHT_CHECKS = ['gate', 'spf', 'dkim', 'dmarc', 'mx', 'return-path', 'ptr', 'helo', 'mta-sts', 'tls-rpt', 'dane', 'port-25'] as const;
export type PreflightCheck = (typeof PREFLIGHT_CHECKS)[number];

/** A record to copy into the zone. */
export type ZoneRecord = { name: string; type: 'TXT' | 'MX' | 'A' | 'AAAA' | 'PTR' | 'CNAME' | 'TLSA'; value: string; /** A sentence: what it is for. */ why: string };

export type Finding = {
  check: PreflightCheck;
  /** `skip`: it could not be looked at, or is nobody's business here. */
  verdict: PreflightVerdict | 'skip';
  /** A sentence for people: what was found. */
  text: string;
  /** What was found, as it was found: records, names, addresses. */
  found: string[];
  /** What to publish; empty when nothing is missing. */
  publish: ZoneRecord[];
  /** RFC or page that says so. */
  see: string;
  /** With `skip`: nobody answered; it may be known in a minute. */
  unanswered?: true;
};

export type Preflight = { domain: string; stream: string | null; /** Milliseconds since the epoch. */ at: number; verdict: PreflightVerdict; findings: Finding[] };
