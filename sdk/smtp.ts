/**
 * How to reach the SMTP side, for the application under test: the settings
 * that the API says, seen from here, and the same as options of nodemailer.
 */
import type { SmtpSettings } from './contract.ts';

export type SmtpAccess = SmtpSettings & {
  /** For nodemailer's createTransport. It upgrades by itself and would refuse a self-made certificate. */
  transport: { host: string; port: number; auth?: { user: string; pass: string }; tls: { rejectUnauthorized: false } };
};

const LOOPBACK = /^(localhost|127\.|\[?::1\]?$)/;

/** A listener on another machine's loopback, or on every interface of it, is reached where its HTTP side was. */
export function accessTo(said: SmtpSettings, http: string): SmtpAccess {
  const url = new URL(http).hostname;
  const elsewhere = ['0.0.0.0', '::', '[::]', ''].includes(said.host) || (LOOPBACK.test(said.host) && !LOOPBACK.test(url));
  return access(elsewhere ? { ...said, host: url.replace(/^\[|\]$/g, '') } : said);
}

export function withLogin(smtp: SmtpSettings, user: string, password: string): SmtpAccess {
  return access({ ...smtp, user, password });
}

function access({ host, port, user, password, starttls, tls, tlsPort }: SmtpSettings): SmtpAccess {
  const login = user === null ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@`;
  return {
    host, port, user, password, starttls, tls, tlsPort,
    url: `smtp://${login}${host.includes(':') ? `[${host}]` : host}:${port}`,
    transport: { host, port, ...(user === null ? {} : { auth: { user, pass: password ?? '' } }), tls: { rejectUnauthorized: false } },
  };
}
