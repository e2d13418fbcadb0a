/** The server itself: how it says that something is wrong, what it is, and where. */
import type { SmtpSettings } from './streams.ts';

export type Problem = {
  /** A path on this server, e.g. `/problems/message-too-large`. */
  type: string;
  title: string;
  status: number;
  detail?: string;
  /** Which inputs, for 400 and 422. */
  errors?: { path: string; message: string }[];
};

/** GET /v1/info: what a client needs to show settings and copyable lines. */
export type Info = { name: 'postern'; version: string; http: string; smtp: SmtpSettings; loginRequired: boolean; limits: { messageSize: number; recipients: number }; inboxDomain: string };

/** Written to `postern.json` in the data folder once ready. */
export type Addresses = { http: string; smtp: { host: string; port: number }; smtps?: { host: string; port: number }; /** The pretend remote's own port, where it has one. */ remote?: { host: string; port: number }; pid: number };
