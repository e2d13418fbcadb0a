/**
 * What a pre-flight is told and what it may ask. Everything that it knows of
 * the house (sources, keys, the gate) is handed in as facts, and everything
 * that it does to the outside goes through these verbs: the checks themselves
 * open no connection.
 */
import type { Clock } from '../clock.ts';
import type { StreamMode } from '../mail/stream.ts';
import type { Resolver } from '../network/resolver.ts';

/** An address that mail leaves from, as the world sees it, and the name that it says there. */
export type MailSource = { address: string; helo: string | null };

/** The public half of a DKIM key. `prepared` is to be published before it is used; `superseded` no longer signs, but mail that it signed is still under way; `retired` is over. */
export type SigningKey = {
  selector: string;
  algorithm: 'rsa' | 'ed25519';
  /** As in `p=`: base64 of SPKI (RSA) or of the 32 octets (Ed25519). Null when only the selector is known. */
  publicKey: string | null;
  state: 'prepared' | 'active' | 'superseded' | 'retired';
};

/** The three keys of a stream, and what is above them. Null is not known. */
export type GateFacts = { permitted: boolean | null; stopped: string | null; mode: StreamMode; allow: readonly string[]; intercept: string | null };

export type PreflightAsk = {
  /** Of the From header. Either form of an IDN. */
  domain: string;
  stream: string | null;
  /** Empty when not known: what needs them is skipped. */
  sources: readonly MailSource[];
  /** The name in EHLO where a source has none of its own. */
  helo: string | null;
  /** Domain of the envelope sender; null is that of From. */
  returnPath: string | null;
  /** Where bounces come in: names and addresses that the world reaches the listener by; null without one. */
  listener: { names: readonly string[]; addresses: readonly string[] } | null;
  /** `domain` null signs as the domain of From. `keys` null: nothing is known of them. `flaws` are sentences: keys that cannot be used. */
  signing: { signs: boolean; domain: string | null; keys: readonly SigningKey[] | null; flaws?: readonly string[] };
  gate: GateFacts | null;
  /** The domain whose mail server is called, to see whether port 25 is open to the outside; null calls nobody. */
  port25: string | null;
};

/** RFC 8461 §3.2, as it was fetched from the policy host. */
export type StsPolicy = { mode: 'enforce' | 'testing' | 'none'; mx: readonly string[]; /** Seconds. */ maxAge: number };

export type PreflightDeps = {
  resolver: Resolver;
  wall: Clock;
  /** Without it the policy file is not looked at. */
  fetchPolicy?: (domain: string) => Promise<StsPolicy | { failed: string }>;
  /** Connects and reads the greeting, gives up by itself. */
  dial25?: (host: { name: string; address: string }) => Promise<{ greeting: string } | { failed: string }>;
};

/** What every check is handed: the names are in their ASCII form, the resolver is bounded. */
export type Look = Omit<PreflightAsk, 'signing'> & PreflightDeps & {
  /** Of the envelope sender. */
  envelope: string;
  signing: PreflightAsk['signing'] & { domain: string };
};
