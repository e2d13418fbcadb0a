/**
 * Who may import whom, and who may reach the network. Arrows only point down:
 * a folder sees itself, the folders in its line and the words that all share
 * (COMMON). layers.test.ts holds every file to it; tests are free.
 */

/** Files of server/ that any folder but mail/ may use: they know nothing of mail. */
export const COMMON: readonly string[] = ['clock.ts', 'folder.ts', 'ids.ts', 'log.ts', 'nearest.ts', 'operator-error.ts', 'public-address.ts', 'shown.ts', 'units.ts'];

/** Folder of server/ → what else of server/ it may import: folders, single files, or '*' for all. */
export const LAYERS: Record<string, readonly string[]> = {
  mail: [],
  classify: ['mail'],
  dsn: ['mail', 'classify', 'inbox/mime'],
  scenario: ['mail'],
  network: ['mail', 'scenario', 'dsn', 'queue/port.ts'],
  transport: ['mail', 'network/network.ts', 'network/talk.ts'],
  gate: ['mail', 'events', 'queue/port.ts'],
  outgoing: ['mail', 'queue/port.ts', 'dsn/verp.ts', 'gate/audit.ts'],
  telemetry: ['mail', 'events', 'queue/port.ts'],
  preflight: ['mail', 'events', 'gate', 'outgoing', 'network/resolver.ts', 'network/network.ts'],
  events: ['mail'],
  inbox: ['mail', 'events'],
  admission: ['mail', 'queue/port.ts', 'scenario/scenario.ts'],
  queue: ['mail', 'gate/gate.ts', 'outgoing/outgoing.ts', 'classify', 'dsn', 'events', 'admission/port.ts', 'network/network.ts', 'network/talk.ts', 'transport'],
  returns: ['mail', 'classify', 'dsn', 'events', 'queue/port.ts', 'inbox/port.ts'],
  hooks: ['mail', 'events'],
  store: ['mail', 'events', 'inbox/port.ts', 'inbox/filter.ts', 'inbox/words.ts', 'admission/port.ts', 'queue/port.ts', 'hooks/hook.ts', 'gate/audit.ts', 'telemetry/port.ts'],
  api: ['mail', 'gate', 'outgoing', 'telemetry', 'preflight', 'classify', 'events', 'inbox', 'admission', 'queue', 'scenario', 'hooks', 'store/port.ts', 'metrics.ts'],
  cli: ['*'],
};

/** Modules of packages and of Node that only the named folders and files may import. */
export const GUARDED: readonly { module: RegExp; only: readonly string[]; why: string }[] = [
  { module: /^(better-sqlite3|drizzle-orm)(\/|$)/, only: ['store'], why: 'nothing above store/ knows SQL' },
  { module: /^smtp-server(\/|$)/, only: ['admission'], why: 'there is one SMTP listener' },
  { module: /^mailparser(\/|$)/, only: ['inbox'], why: 'bodies are parsed in one place, in a worker' },
  { module: /^(node:)?(net|tls|dns|http|https|http2|dgram)(\/|$)/, only: ['admission/smtp', 'network/pretend', 'network/internet', 'transport/tls.ts', 'hooks/call.ts', 'api/serve.ts', 'api/handshake.ts', 'api/socket.ts', 'cli', 'inbox/checks/dialer.ts', 'inbox/checks/network/rspamd.ts', 'inbox/checks/network/spamd.ts'], why: 'nothing else opens a connection: "can this mail my customers?" must stay easy to answer' },
  { module: /^(nodemailer\/lib\/(smtp-connection|smtp-transport|smtp-pool|mailer)|nodemailer$|undici)/, only: ['cli'], why: 'only a command that a person types sends mail; the server only composes it' },
];
