/**
 * The application: guards first, then one file per noun, then what is left to
 * say when nothing answers. Needs no socket; serve.ts gives it one.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { StoreFault, type StoreFaultReason } from '../admission/port.ts';
import { distance } from '../nearest.ts';
import { auditRoutes } from './audit.ts';
import { bodyRoutes } from './bodies.ts';
import { createBodyReader } from './body.ts';
import { classifyRoutes } from './classify.ts';
import { checkRoutes } from './checks.ts';
import { clockRoutes } from './clock.ts';
import { deliveryRoutes } from './delivery.ts';
import type { ApiDeps } from './deps.ts';
import { dkimRoutes } from './dkim.ts';
import { docRoutes } from './docs.ts';
import { eventWaitRoutes } from './event-waits.ts';
import { eventRoutes, type Subscribers } from './events.ts';
import { guards } from './guards.ts';
import { frameRoutes } from './frames.ts';
import { goingOutRoutes } from './going-out.ts';
import { healthRoutes } from './health.ts';
import { hookRoutes } from './hooks.ts';
import { inboxRoutes } from './inboxes.ts';
import { messageRoutes } from './messages.ts';
import { attachedRoutes } from './attached.ts';
import { createPasses } from './pass.ts';
import { preflightRoutes } from './preflights.ts';
import { problem, type ProblemName } from './problems.ts';
import { queueRoutes } from './queue.ts';
import { readRest } from './rest.ts';
import { createRoutes, type Declared, notBy } from './route.ts';
import { scenarioRoutes } from './scenarios.ts';
import { streamRoutes } from './streams.ts';
import { submissionRoutes } from './submissions.ts';
import { suppressionRoutes } from './suppressions.ts';
import { telemetryRoutes } from './telemetry.ts';
import { uiServer } from './ui.ts';
import { unsubscribeRoutes } from './unsubscribe.ts';
import { waitRoutes } from './waits.ts';

const FAULTS: Record<StoreFaultReason, ProblemName> = { full: 'disk-full', broken: 'store-broken', closed: 'shutting-down', 'no-stream': 'no-such-stream' };

export type App = { app: OpenAPIHono; subscribers: Subscribers };

/** `closing` aborts when the server shuts down: requests that are held then end. */
export function createApp(deps: ApiDeps, closing: AbortSignal): App {
  const app = new OpenAPIHono();
  const bodies = createBodyReader(deps.info.limits.inFlight);
  const origins = new Set((deps.allowedOrigins ?? []).map((origin) => origin.toLowerCase().replace(/\/$/, '')));

  app.use('*', async (c, next) => {
    await next();
    deps.metrics.answered(c.res.status);
    if (c.res.status >= 400) await readRest(c);
  });
  const passes = createPasses(deps.clock);
  app.use('*', guards({ ...deps, passes }));

  const routes = createRoutes(app, bodies);
  submissionRoutes(routes, deps, bodies);
  messageRoutes(routes, deps);
  bodyRoutes(routes, deps, passes);
  attachedRoutes(routes, deps);
  frameRoutes(routes, deps, passes);
  checkRoutes(routes, deps);
  waitRoutes(routes, deps, closing);
  eventWaitRoutes(routes, deps, closing);
  inboxRoutes(routes, deps);
  streamRoutes(routes, deps);
  deliveryRoutes(routes, deps);
  queueRoutes(routes, deps);
  goingOutRoutes(routes, deps);
  preflightRoutes(routes, deps);
  dkimRoutes(routes, deps);
  auditRoutes(routes, deps);
  telemetryRoutes(routes, deps);
  unsubscribeRoutes(routes, deps, bodies);
  scenarioRoutes(routes, deps);
  clockRoutes(routes, deps);
  suppressionRoutes(routes, deps, bodies);
  hookRoutes(routes, deps);
  const subscribers = eventRoutes(routes, deps, origins);
  classifyRoutes(routes);
  healthRoutes(routes, deps);
  docRoutes(routes, deps.info.version);

  const ui = uiServer(deps.uiDir);
  app.notFound(async (c) => {
    const there = routes.declared.filter(({ matches }) => matches(c.req.path));
    if (there.length > 0) {
      const allow = [...new Set(there.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])))].join(', ');
      return notBy(c, allow);
    }
    return (await ui(c)) ?? problem('unknown-route', { detail: `Nothing answers at ${c.req.path.slice(0, 200)}.${near(c.req.path, routes.declared)} GET /docs lists all there is.` });
  });

  app.onError((error, c) => {
    if (error instanceof StoreFault) return problem(FAULTS[error.reason], { detail: error.message });
    if (error instanceof HTTPException && error.status < 500) return problem('malformed-json', { detail: error.message });
    // The client is gone; nobody reads the answer and nothing is wrong here.
    if (c.req.raw.signal?.aborted) return problem('shutting-down');
    const id = deps.makeId(deps.clock.now());
    deps.log.error({ id, method: c.req.method, path: c.req.path, error: error.stack ?? String(error) }, 'request failed');
    return problem('internal', { detail: `The log has it under ${id}.` });
  });

  return { app, subscribers };
}

function near(path: string, declared: readonly Declared[]): string {
  const asked = path.slice(0, 100);
  const found = [...new Set(declared.map((route) => route.path))]
    .map((known) => ({ known, steps: distance(asked, known.replaceAll(/\{(\w+)\}/g, (_, name: string) => (asked.split('/')[known.split('/').indexOf(`{${name}}`)] ?? ''))) }))
    .filter(({ steps }) => steps <= Math.max(3, asked.length / 3))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 3)
    .map(({ known }) => known);
  return found.length > 0 ? ` Near it: ${found.join(', ')}.` : '';
}
