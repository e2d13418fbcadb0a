/** Streams, their credentials, and the inboxes that are handed out: where mail comes in, and with which settings. */
import type { DeliveryPolicy, DeliveryPolicyInput } from '../delivery.ts';

export type Retention = { messages: number | null; age: string | number | null; bytes: number | null };

export type Stream = {
  name: string;
  mode: StreamMode;
  retention: { messages: number | null; age: number | null; bytes: number | null };
  tags: string[];
  createdAt: string;
  messages: number;
  unread: number;
  bytes: number;
  credentials: { id: string; user: string; createdAt: string; expiresAt: string | null }[];
  delivery: DeliveryPolicy;
  /** Milliseconds that its clock is ahead of the wall. */
  clockOffset: number;
  paused: { reason: string; until: string | null } | null;
};

/** `capture` stops at the inbox; `simulate` goes on to the pretend remote; `deliver` to the recipient's own mail server, as far as the gate lets it go. */
export type StreamMode = 'capture' | 'simulate' | 'deliver';
export type StreamInput = { name: string; mode?: StreamMode; retention?: Partial<Retention>; tags?: string[]; delivery?: DeliveryPolicyInput };
export type StreamPatch = { mode?: StreamMode; retention?: Partial<Retention>; tags?: string[]; delivery?: DeliveryPolicyInput };

/** `password` is in this answer and never again. */
export type NewCredential = { id: string; user: string; password: string; stream: string; createdAt: string; expiresAt: string | null };

export type SmtpSettings = {
  host: string;
  port: number;
  /** Null when the login makes no difference. */
  user: string | null;
  password: string | null;
  /** `smtp://user:password@host:port`. */
  url: string;
  /** Whether EHLO names it on the plain port. */
  starttls: boolean;
  tls: SmtpTls;
  /** Where TLS comes first; null where no port has it. */
  tlsPort: number | null;
};

/** STARTTLS on the plain port: it is not there; is done for who asks, and not named in EHLO; is named; or mail is refused before it. */
export type SmtpTls = 'off' | 'quiet' | 'named' | 'required';

export type Inbox = { address: string; stream: string; createdAt: string; expiresAt: string | null; smtp: SmtpSettings; cursor: string };
export type InboxInput = { stream?: string; prefix?: string; address?: string; lifetime?: string | number };
export type InboxCount = { address: string; messages: number; unread: number; lastAt: string };
