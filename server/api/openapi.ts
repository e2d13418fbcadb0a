/** The OpenAPI 3.1 document, made from the schemas that check requests. Made once, when first asked for. */
import type { OpenAPIHono } from '@hono/zod-openapi';

export type OpenApi = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

export const NOUNS: { name: string; description: string }[] = [
  { name: 'Submitting', description: 'Mail goes in.' },
  { name: 'Messages', description: 'Mail is listed, searched, read, marked and deleted. Reading changes nothing.' },
  { name: 'Waiting', description: 'A request is held until mail comes.' },
  { name: 'Inboxes', description: 'Addresses, and the tags in use.' },
  { name: 'Streams', description: 'Lanes with their own mode, logins and retention.' },
  { name: 'Events', description: 'Everything that happens, as one list with a cursor.' },
  { name: 'Queue', description: 'What waits to be delivered, why, and what a person can do about it. Needs a stream in mode `simulate` or `deliver`.' },
  { name: 'Real delivery', description: 'The gate to the internet, and what a person does at it. Needs `delivery` of the process, a stream in mode `deliver`, and its allow list.' },
  { name: 'Telemetry', description: 'What became of mail, counted by the hour.' },
  { name: 'Unsubscribing', description: 'For the recipients of mail: open to the world, without a token.' },
  { name: 'Scenarios', description: 'What the pretend remote side says, as ordered rules.' },
  { name: 'Time', description: 'A simulated stream has a clock of its own, which can be moved.' },
  { name: 'Suppressions', description: 'Addresses that get no mail.' },
  { name: 'Hooks', description: 'Who is called when something happens (Standard Webhooks).' },
  { name: 'Classifier', description: 'What mail servers say, explained.' },
  { name: 'Operation', description: 'For clients that start, orchestrators and scrapers.' },
];

export function openApi(app: OpenAPIHono, version: string): OpenApi {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Postern', version, license: { name: 'MIT' },
      description: 'An email sandbox: captures what an application sends, lets tests and people read it, simulates its delivery, and delivers it where it may. Times are ISO 8601 in UTC; sizes are octets; durations are milliseconds or texts like `10s`, `5m`, `72h`, `7d`. Every error is a problem (RFC 9457).',
    },
    servers: [{ url: '/' }],
    tags: NOUNS,
    security: [{}, { token: [] }],
  });
  document.components = {
    ...document.components,
    securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'When the server was started with a token.' } },
  };
  return document;
}
