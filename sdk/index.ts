/** `postern/sdk`: connect to a sandbox, or start one in this process. */
export * from './client.ts';
export { start, type StartOptions } from './start.ts';
