/**
 * Hosts whose STARTTLS broke, and what worked instead: a smaller hello, or
 * none. Remembered, so that not every message pays for two broken handshakes
 * first.
 */
import { createRemembered, type Remembered } from './remembered.ts';
import type { HelloShape } from './tls.ts';

export type Hello = HelloShape | 'none';
/** What to begin with; the usual one where nothing is known. */
export type BrokenTls = Remembered<Hello>;

export const createBrokenTls = ({ lifetime = 3_600_000 } = {}): BrokenTls => createRemembered({ lifetime });
