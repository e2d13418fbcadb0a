/** `postern/sdk`: connect to a sandbox, or start one in this process. */
export * from './client.ts';
export { type Settings, start, type StartOptions } from './start.ts';
