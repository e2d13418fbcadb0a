/** docs/api.md: the routes declared, without a house behind them. `npm run docs` writes it; a test holds the page to the code. */
import { createApp } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { openApi, type OpenApi } from './openapi.ts';
import { markdown } from './reference.ts';

export function apiDocument(): OpenApi {
  // Declaring a route asks nothing of the rooms; no request is ever made to this application.
  const nobody = { info: { version: '', limits: { messageSize: 0, recipients: 0, inFlight: 0 } } } as unknown as ApiDeps;
  return openApi(createApp(nobody, new AbortController().signal).app, '');
}

export const apiPage = (): string => markdown(apiDocument());
