/**
 * Everything that happens, as one append-only list. The union is a public
 * contract: kinds and fields are added, never changed or removed.
 */
import type { MessageSummary } from '../mail/message.ts';

export type EventBody =
  /** A submission was accepted and captured: the terminal event of each of its recipients. */
  | { type: 'message.captured'; stream: string; message: string; summary: MessageSummary }
  /** The background parse of a message is done (or failed). */
  | { type: 'message.parsed'; stream: string; message: string; parse: 'done' | 'failed'; attachments: number }
  | { type: 'message.updated'; stream: string; message: string; read?: boolean; tags?: string[] }
  /** By a request (`user`) or by the stream's retention. `messages` holds at most 500 ids; a larger deletion makes several events. */
  | { type: 'messages.deleted'; stream: string; messages: string[]; by: 'user' | 'retention' }
  | { type: 'stream.created' | 'stream.updated' | 'stream.deleted'; stream: string }
  | { type: 'inbox.created'; stream: string; address: string };

export type PosternEvent = {
  /** Grows by at least one with every event, in the order of commit. The cursor. */
  id: number;
  /** Milliseconds since the epoch. */
  at: number;
} & EventBody;

export type EventType = EventBody['type'];
