/**
 * What large providers are known to allow one sender, so that nobody has to
 * learn it from their 421s. Connections are for a provider as a whole where
 * its hosts are shared. From the providers' own sender pages and from what
 * large senders keep to; a stream's `siteLimits` say otherwise where they do.
 */
import type { SiteLimits } from '../mail/stream.ts';

export const PROVIDER_LIMITS: Readonly<Record<string, Partial<Pick<SiteLimits, 'connections' | 'messagesPerConnection'>>>> = {
  google: { connections: 5, messagesPerConnection: 50 },
  microsoft: { connections: 5, messagesPerConnection: 50 },
  yahoo: { messagesPerConnection: 20 },
  apple: { connections: 10, messagesPerConnection: 5 },
  comcast: { connections: 25 },
  mimecast: { connections: 10 },
  barracuda: { connections: 10, messagesPerConnection: 15 },
  gmx: { connections: 4, messagesPerConnection: 20 },
  qq: { connections: 4, messagesPerConnection: 8 },
};

/** The smaller of the stream's own limits and the provider's. */
export function withProvider(limits: SiteLimits, provider: string | null): SiteLimits {
  const known = provider !== null && Object.hasOwn(PROVIDER_LIMITS, provider) ? PROVIDER_LIMITS[provider] : undefined;
  if (!known) return limits;
  return {
    ...limits,
    connections: Math.min(limits.connections, known.connections ?? Infinity),
    messagesPerConnection: Math.min(limits.messagesPerConnection, known.messagesPerConnection ?? Infinity),
  };
}
