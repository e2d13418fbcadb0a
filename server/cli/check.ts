/**
 * `postern check`: what receivers find out about a domain that mail is sent
 * as, and what to publish. By itself it asks the DNS and needs no running
 * Postern; with --stream the running one is asked, which knows its keys,
 * sources and gate, and looks from where the mail leaves.
 */
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { Preflight as WirePreflight, PreflightInput } from '../../sdk/live.ts';
import { wallClock } from '../clock.ts';
import { type Config, ConfigError, readConfig, SETTINGS } from '../config.ts';
import { OperatorError } from '../operator-error.ts';
import type { MailSource, PreflightAsk, SigningKey } from '../preflight/ask.ts';
import { addressBytes, domainName } from '../preflight/names.ts';
import type { Preflight } from '../preflight/preflight.ts';
import { caller } from './check-dial.ts';
import { preflightReport } from './check-report.ts';
import { EX, readOptions, usage, verb } from './options.ts';
import { failureOf, sandboxFor, TARGET_HELP, TARGET_OPTIONS } from './target.ts';
import type { Io } from './verb.ts';

const HELP = `postern check DOMAIN [--source ADDRESS] [--selector NAME] ...
postern check [DOMAIN] --stream NAME

Says what receivers find out about a domain that mail is sent as: SPF, DKIM,
DMARC and alignment, MX, PTR and EHLO, MTA-STS, TLS-RPT, DANE; and what to
publish, as records to copy. Asks the DNS and sends nothing.

  --source ADDRESS   an address that the mail leaves from, as the world sees
                     it; may be repeated
  --helo NAME        the name in EHLO [POSTERN_SMTP_NAME]
  --return-path NAME the domain of the envelope sender [DOMAIN]
  --listener HOST    the name or address where bounces come in; may be repeated
  --selector NAME    a DKIM key that signs, by its selector; may be repeated
                     [the keys of POSTERN_DKIM_DIR, else of the data folder]
  --dkim-domain NAME the domain that signs [DOMAIN]
  --call DOMAIN      calls the mail server of this domain, to see whether port
                     25 is open to the outside
  --resolver HOST:PORT the DNS resolver [POSTERN_RESOLVER, else the system's]

  --stream NAME      asks the running Postern, which knows all of the above
${TARGET_HELP}
  --json             prints the result as JSON

Exit codes: 0 in order (perhaps with warnings), 1 something failed, 2 nobody
answered, 64 wrong usage, 69 the running Postern was not reached.
`;

export async function check(args: string[], io: Io): Promise<number> {
  return verb('postern check', HELP, args, io, async () => {
    const one = { type: 'string' } as const;
    const many = { type: 'string', multiple: true } as const;
    const { values, positionals } = readOptions(args, {
      ...TARGET_OPTIONS, json: { type: 'boolean' }, stream: one, helo: one, 'return-path': one, 'dkim-domain': one, call: one,
      resolver: one, source: many, selector: many, listener: many,
    }, true);
    const [domain, ...rest] = positionals;
    if (rest.length > 0) throw usage('takes one domain');
    if (domain !== undefined) named(domain, 'the domain');
    const ours = (['helo', 'return-path', 'dkim-domain', 'call', 'resolver', 'source', 'selector', 'listener'] as const).filter((name) => values[name] !== undefined);
    if (values.stream !== undefined && ours.length > 0) throw usage(`--stream asks the running Postern, which does not take --${ours[0]}`);
    if (values.stream === undefined && domain === undefined) throw usage('needs a domain, like shop.example, or --stream');

    const preflight = values.stream === undefined ? await alone(domain!, values, settingsOf(values.resolver, io)) : await running(values.stream, domain, values, io);
    const out = io.stdout as NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
    io.stdout.write(values.json ? `${JSON.stringify({ ...preflight, at: new Date(preflight.at).toISOString() }, null, 2)}\n` : preflightReport(preflight, { width: out.columns ?? 80, colour: out.isTTY === true && !io.env['NO_COLOR'] }));
    return isUnanswered(preflight) ? 2 : preflight.verdict === 'fail' ? EX.FAILED : EX.OK;
  });
}

type Values = { [K in 'helo' | 'return-path' | 'dkim-domain' | 'call']?: string | undefined } & { [K in 'source' | 'selector' | 'listener']?: string[] | undefined };

function asked(domain: string, values: Values, config: Config): PreflightAsk {
  const optional = (name: 'return-path' | 'dkim-domain' | 'call') => (values[name] === undefined ? null : named(values[name], `--${name}`));
  const sources = (values.source ?? []).map((address): MailSource => {
    if (addressBytes(address) === undefined) throw usage(`--source must be an IP address, like 192.0.2.25; it is ${address}`);
    return { address, helo: null };
  });
  const keys = (values.selector ?? []).map((selector): SigningKey => {
    if (domainName(selector) === undefined) throw usage(`--selector must be a name, like p1; it is ${selector}`);
    return { selector: domainName(selector)!, algorithm: 'rsa', publicKey: null, state: 'active' };
  });
  const listener = values.listener ?? [];
  return {
    domain, stream: null, sources, gate: null, port25: optional('call'), returnPath: optional('return-path'),
    // The name that Postern has without a setting is one that cannot exist.
    helo: values.helo ?? (config.smtpName === SETTINGS.smtpName.fallback ? null : config.smtpName),
    listener: listener.length === 0 ? { names: [], addresses: [] } : { names: listener.filter((host) => addressBytes(host) === undefined), addresses: listener.filter((host) => addressBytes(host) !== undefined) },
    signing: { signs: true, domain: optional('dkim-domain'), keys: keys.length > 0 ? keys : null },
  };
}

function named(text: string, what: string): string {
  const name = domainName(text);
  if (name === undefined || !name.includes('.')) throw usage(`${what} must be a domain name, like shop.example; it is ${text}`);
  return name;
}

function settingsOf(resolver: string | undefined, io: Io): Config {
  try {
    return readConfig({ args: resolver === undefined ? [] : ['--resolver', resolver], env: io.env });
  } catch (error) {
    if (error instanceof ConfigError) throw usage(error.message);
    throw error;
  }
}

async function alone(domain: string, values: Values, config: Config): Promise<Preflight> {
  const ask = asked(domain, values, config);
  if (ask.signing.keys === null) ask.signing = (await ownKeys(ask.signing.domain ?? domain, config)) ?? ask.signing;
  // Only here: the other way needs none of it.
  const [{ createResolver }, { systemResolvers, trustIn }, { createGuard }, { createStsFetch }, { runPreflight }] = await Promise.all([
    import('../network/internet/dns/resolver.ts'), import('../network/internet/dns/resolv-conf.ts'), import('../network/internet/guard.ts'), import('../network/internet/sts-fetch.ts'), import('../preflight/run.ts'),
  ]);
  const clock = wallClock;
  const resolver = createResolver({ clock, servers: config.resolver.length > 0 ? () => config.resolver : systemResolvers({ clock }), trusted: trustIn(config.resolverTrusted) });
  try {
    const guard = createGuard(config.deliveryPrivate);
    const { deliveryCa } = config;
    const authorities = () => (deliveryCa === null ? undefined : [...getCACertificates('default'), readFileSync(deliveryCa, 'utf8')]);
    return await runPreflight(ask, {
      resolver, wall: clock,
      fetchPolicy: createStsFetch({ clock, resolver, guard, random: () => 0, authorities, port: 443 }),
      dial25: caller({ clock, guard, port: config.deliveryPort }),
    });
  } catch (error) {
    if (error instanceof OperatorError) throw usage(error.message);
    throw error;
  } finally {
    resolver.close();
  }
}

/** Those that are kept here; undefined where there are none for the domain. */
async function ownKeys(domain: string, config: Config): Promise<PreflightAsk['signing'] | undefined> {
  const { createKeyRing, dkimFolder } = await import('../outgoing/keys/ring.ts');
  const { domain: signer, keys, flaws } = await createKeyRing({ dir: dkimFolder(config), clock: wallClock }).facts(domainName(domain)!);
  return keys.length + flaws.length > 0 ? { signs: true, domain: signer, keys, flaws } : undefined;
}

async function running(stream: string, domain: string | undefined, values: Parameters<typeof sandboxFor>[0], io: Io): Promise<Preflight> {
  const sandbox = await sandboxFor(values, io);
  const input: PreflightInput = { stream, ...(domain === undefined ? {} : { domain }) };
  try {
    const answer = await sandbox.api.wire.json<WirePreflight>('POST', '/v1/preflight', { json: input });
    return { ...answer, at: Date.parse(answer.at), findings: answer.findings as Preflight['findings'] };
  } catch (error) {
    throw failureOf(error);
  }
}

/** About nothing that every domain is asked. */
const isUnanswered = ({ findings }: Preflight): boolean => ['spf', 'dmarc', 'mx'].every((name) => findings.some((finding) => finding.check === name && finding.unanswered));
