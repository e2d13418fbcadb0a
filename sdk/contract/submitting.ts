/** Mail handed in over HTTP: what is said of it, and what is answered. */
import type { Duration } from '../delivery.ts';
import type { Problem } from './server.ts';

export type AttachmentInput = {
  filename?: string;
  /** Base64. */
  content: string;
  type?: string;
  /** With it the part is inline and `cid:` links find it. */
  cid?: string;
  disposition?: 'attachment' | 'inline';
};

/** An address as text (`"Ann" <ann@example.test>`) or in parts. */
export type AddressInput = string | { name?: string; address: string };

export type MessageInput = {
  from: AddressInput;
  to?: AddressInput | AddressInput[];
  cc?: AddressInput | AddressInput[];
  bcc?: AddressInput | AddressInput[];
  replyTo?: AddressInput | AddressInput[];
  subject?: string;
  text?: string;
  html?: string;
  attachments?: AttachmentInput[];
  headers?: Record<string, string | string[]>;
  tags?: string[];
  metadata?: Record<string, string>;
  /** Instead of what From, To, Cc and Bcc say. */
  envelope?: { from?: string; to?: string[] };
  /** Where mail is queued: when it is first tried (ISO 8601, the stream's clock), and how long it is tried. */
  sendAt?: string;
  expiresAfter?: Duration;
  priority?: 'high' | 'normal' | 'low';
  /** It stays in the inbox, whatever the mode of the stream. */
  mode?: 'capture';
};

export type SubmitResult = { id: string; messageId: string; recipients: string[] };
/** Answer to a batch, in its order: one or the other of each. */
export type BatchResult = { results: ({ status: 202 } & SubmitResult | { status: number; problem: Problem })[] };
