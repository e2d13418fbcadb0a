/** Schemas of what a stream in mode `deliver` may do: a part of its delivery policy. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { FAMILIES } from '../../mail/live.ts';
import { agree } from './agree.ts';

const WHEN = ['always', 'fallback'] as const;
const RELAY_TLS = ['opportunistic', 'required', 'verified', 'implicit'] as const;
const TLS = ['opportunistic', 'required'] as const;
const since = z.iso.datetime({ offset: true, error: 'is no time, like 2026-05-01T09:00:00Z' });
const BEGIN = 'When it begins. Left out: as it stands when nothing else of it changes, else now.';
const name = z.string().min(1).max(255);

const RelayInput = z.strictObject({
  domains: z.array(name).min(1).max(1_000).openapi({ description: '`example.test`, `*.example.test`, or `*` for all that no other relay names.' }),
  when: z.enum(WHEN).optional().openapi({ description: '`always` (the default) in place of the recipient\'s own MX; `fallback` when none of those let us in.' }),
  host: name,
  port: z.number().int().min(1).max(65_535).optional().openapi({ description: '465 where `tls` is `implicit`, else 587.' }),
  tls: z.enum(RELAY_TLS).optional().openapi({ description: '`verified` (the default) is STARTTLS with a certificate that holds, `implicit` the same from the first octet.' }),
  user: z.string().min(1).max(500).nullable().optional(),
  password: z.string().min(1).max(1_000).nullable().optional().openapi({ description: 'Kept, and told to nobody but the relay. Without it, a relay of the same host, port and user keeps its own; null takes it away.' }),
  hasPassword: z.boolean().optional().openapi({ description: 'As it was read; false takes the password away.' }),
});

export const LivePolicyInput = z.strictObject({
  allow: z.array(z.string().max(320)).max(10_000).optional().openapi({ description: 'Addresses, domains (`example.test`), what is below them (`*.example.test`), or `*` for everybody. Mail for others is held.' }),
  intercept: z.string().max(320).nullable().optional().openapi({ description: 'All mail goes to this address instead; `X-Postern-Original-To` says whom it was for.' }),
  canary: z.strictObject({ first: z.number().int().min(0).max(1_000_000_000), share: z.number().min(0).max(1).openapi({ description: 'Of 1.' }), since: since.optional().openapi({ description: BEGIN }) }).nullable().optional()
    .openapi({ description: 'So many recipients go first, and this share of the rest; the others are held until somebody approves.' }),
  warmUp: z.strictObject({ caps: z.array(z.number().int().min(1).max(1_000_000_000)).min(1).max(400), since: since.optional().openapi({ description: BEGIN }) }).nullable().optional()
    .openapi({ description: 'Most recipients of each day (UTC), one after the other; after the last there is no cap.' }),
  relays: z.array(RelayInput).max(100).optional().openapi({ description: 'Smarthosts; replaces those that were there.' }),
  sources: z.array(z.strictObject({ ipv4: z.ipv4('is no IPv4 address').nullable().optional(), ipv6: z.ipv6('is no IPv6 address').nullable().optional(), helo: name.nullable().optional() })).max(256).optional()
    .openapi({ description: 'Addresses of this machine that mail goes out from, in turns, each with the name it says in EHLO.' }),
  family: z.enum(FAMILIES).optional().openapi({ description: 'Which addresses of a host are tried; of `-first`, the others after those.' }),
  tls: z.enum(TLS).optional().openapi({ description: '`required` sends nothing in plaintext. What receivers publish (MTA-STS, DANE) holds anyhow.' }),
  dkim: z.strictObject({
    domain: name.nullable().optional().openapi({ description: 'Whose key signs; null: that of `From`, or of the nearest domain above it that has one.' }),
    selector: z.string().min(1).max(63).nullable().optional().openapi({ description: 'Null: the pair that is active.' }),
  }).nullable().optional().openapi({ description: 'Null sends unsigned.' }),
  feedbackId: z.string().min(1).max(200).nullable().optional().openapi({ description: 'Feedback-ID, `campaign:customer:kind:sender`.' }),
  unsubscribe: z.boolean().optional().openapi({ description: 'Adds List-Unsubscribe with one click (RFC 8058). Needs the setting `publicUrl`; without it mail is held.' }),
}).openapi('LivePolicyInput');

const nullable = z.string().nullable();

export const LivePolicy = z.object({
  allow: z.array(z.string()),
  intercept: nullable,
  canary: z.object({ first: z.number(), share: z.number(), since: z.string() }).nullable(),
  warmUp: z.object({ since: z.string(), caps: z.array(z.number()) }).nullable(),
  relays: z.array(z.object({ domains: z.array(z.string()), when: z.enum(WHEN), host: z.string(), port: z.number(), tls: z.enum(RELAY_TLS), user: nullable, hasPassword: z.boolean() })),
  sources: z.array(z.object({ ipv4: nullable, ipv6: nullable, helo: nullable })),
  family: z.enum(FAMILIES),
  tls: z.enum(TLS),
  dkim: z.object({ domain: nullable, selector: nullable }).nullable(),
  feedbackId: nullable,
  unsubscribe: z.boolean(),
}).openapi('LivePolicy');

agree<typeof LivePolicyInput, wire.LivePolicyInput>();
agree<typeof LivePolicy, wire.LivePolicy>();
