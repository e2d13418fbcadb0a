/** A whole Postern in this process, on free ports and in memory unless told otherwise: what stories talk to. */
import { assemble, type AssembleOptions, type Running } from '../../server/assemble.ts';
import { defaults, type Config } from '../../server/config.ts';

export type House = {
  http: string;
  smtp: { host: string; port: number };
  running: Running;
  /** GET of JSON; throws the problem's text when it is none of 2xx. */
  get<T>(path: string): Promise<T>;
  close(): Promise<void>;
};

export async function running(settings: Partial<Config> = {}, options: AssembleOptions = {}): Promise<House> {
  const anywhere = { host: '127.0.0.1', port: 0 };
  const house = await assemble({ ...defaults(), smtpListen: anywhere, httpListen: anywhere, dataDir: ':memory:', logLevel: 'silent', ...settings }, options);
  const { http, smtp } = house.addresses;
  return {
    http,
    smtp,
    running: house,
    async get<T>(path: string): Promise<T> {
      const response = await fetch(http + path, house.token ? { headers: { authorization: `Bearer ${house.token}` } } : {});
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as T;
    },
    close: () => house.close(),
  };
}
