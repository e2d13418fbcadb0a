/** What an application's mail settings are to be, as GET /v1/info and new inboxes say it. */
import type { SmtpSettings } from '../../sdk/contract.ts';
import type { ApiInfo } from './deps.ts';

/** Without a login. */
export function openSmtp({ smtp }: ApiInfo): SmtpSettings {
  const { host, port, tls, tlsPort } = smtp();
  return { host, port, user: null, password: null, url: `smtp://${authority(host)}:${port}`, starttls: tls === 'named' || tls === 'required', tls, tlsPort };
}

export function withLogin(smtp: SmtpSettings, user: string, password: string): SmtpSettings {
  return { ...smtp, user, password, url: `smtp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${authority(smtp.host)}:${smtp.port}` };
}

const authority = (host: string) => (host.includes(':') ? `[${host}]` : host);
