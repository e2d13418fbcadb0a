/**
 * What a Postern that is ready prints: where everything is, and a line to copy
 * that sends a first mail. Lines to copy work as they stand, also in another
 * terminal, where no variable of this one is set. A token is shown once, when it was made; after that
 * only where it lies. What the default stream does is said when it is not
 * the usual: whoever left it on `simulate` yesterday must see it today.
 */
import { join, resolve } from 'node:path';
import type { Running } from '../assemble.ts';
import type { Config, Listen } from '../config.ts';
import type { Gate } from '../gate/gate.ts';

type Facts = Pick<Running, 'addresses' | 'token' | 'tokenMade' | 'loginRequired' | 'mode'>;
/** Streams in mode `deliver`, and what stands before them. */
export type LiveFacts = { streams: readonly string[]; gate: Pick<Gate, 'permitted' | 'switch'> };

const hostPort = ({ host, port }: Listen): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

export function greeting({ addresses, token, tokenMade, loginRequired, mode }: Facts, config: Config, live?: LiveFacts): string {
  const { http, smtp, smtps, remote } = addresses;
  const inMemory = config.dataDir === ':memory:';
  const where = hostPort(smtp);
  const lines = [
    'Postern is ready.',
    '',
    `  SMTP   ${where}${smtps ? `, with TLS from the start on port ${smtps.port}` : ''}`,
    `  Inbox  ${http}`,
    `  API    ${http}/docs`,
    `  Data   ${inMemory ? 'in memory, gone when it stops' : config.dataDir}`,
  ];
  if (mode === 'simulate') lines.push('  Mode   simulate: mail goes on from the inbox to the pretend remote side; nothing leaves this machine');
  if (live && live.streams.length > 0) lines.push(`  Live   ${liveLine(live)}`);
  if (remote) lines.push(`  Remote ${hostPort(remote)}, the pretend remote side for other mail servers (stream ${config.remoteStream})`);
  if (token !== null && tokenMade) lines.push(`  Token  ${token}  (${inMemory ? 'another at each start' : 'kept in the data folder'}; set POSTERN_TOKEN to choose your own)`);
  else if (token !== null) lines.push(`  Token  ${config.token === null ? `the one in ${join(config.dataDir, 'token')}` : 'yours'}`);
  if (loginRequired) {
    const header = token === null ? '' : ` -H "Authorization: Bearer ${pastedToken(token, tokenMade, config)}"`;
    lines.push('', '  SMTP asks for a login (POSTERN_SMTP_LOGIN=open asks for none). To make one:', '', `  curl -s -X POST${header} ${http}/v1/streams/default/credentials`);
  }
  lines.push('', 'A first mail, from another terminal:', '', `  printf 'Subject: Hello\\n\\nIt works.\\n' | curl -s smtp://${where}${loginRequired ? ' -u USER:PASSWORD' : ''} --mail-from app@example.test --mail-rcpt you@example.test -T -`, '', '');
  return lines.join('\n');
}

/** Between double quotes of a shell. One that was made stands above anyhow; one of the operator's is not shown, and the operator has it. */
function pastedToken(token: string, made: boolean, config: Config): string {
  if (made) return token;
  return config.token === null ? `$(cat '${resolve(config.dataDir, 'token').replaceAll("'", "'\\''")}')` : '$POSTERN_TOKEN';
}

function liveLine({ streams, gate }: LiveFacts): string {
  const named = streams.length <= 5 ? streams.join(', ') : `${streams.slice(0, 4).join(', ')} and ${streams.length - 4} more`;
  if (!gate.permitted) return `${named}: in mode deliver, but POSTERN_DELIVERY is not on; what comes is queued and waits`;
  if (!gate.switch.on) return `${named}: real delivery was stopped by ${gate.switch.by}; what comes is queued and waits. ${START_AGAIN}`;
  return `${named}: mail goes out for real, to whom the allow lists name`;
}

/** After a stop. */
export const START_AGAIN = 'POST /v1/delivery/start starts it again';
