/**
 * The pretend remote's SMTP server: one conversation over any Duplex. At each
 * stage the scenario is asked and obeyed (a reply, a wait, a fault); where it
 * says nothing, the remote is a correct server that takes everything. Whatever
 * breaks in here closes this conversation and is logged; it never reaches the
 * process.
 *
 *     greeting ─▶ commands ⇄ message ─▶ …         QUIT, 421, fault ─▶ over
 *                    ⇅
 *                  pause (delay, drip, silence: input is not read)
 */
import type { Duplex } from 'node:stream';
import type { Stage } from '../../mail/reply.ts';
import type { Answering, Asked, ScenarioFault } from '../../scenario/scenario.ts';
import type { CertificateKind } from './certificates.ts';
import type { Desk, RemoteOptions } from './desk.ts';
import { pauses as createPauses } from './pauses.ts';
import { receiver as createReceiver } from './receive.ts';
import { type Said, said, written } from './said.ts';
import { command, domainOf, extensions, LIMITS, LINE_TOO_LONG, mistake, NOT_HERE, type Standing, type Step } from './verbs.ts';
import { Wire } from './wire.ts';

/** Whose the remote is on a port, before the first recipient says it. */
export const NOBODY = 'postern.invalid';

export type Conversation = {
  /** Waits or is silent on purpose. */
  readonly idle: boolean;
  /** Says 421 and ends. */
  close(): void;
  destroy(): void;
};

/** Octets that are no reply, with a line's end so that whoever reads lines sees them at once. */
const GARBAGE = '\u0000\u0001\u007fHTTP/9 \u0007?? \u001b[2J#!@%^&\r\n';
/** TLS 1.2 record: alert, fatal, handshake_failure. */
const HANDSHAKE_FAILURE = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);
const CLOSING: Said = { ...said(421, '4.3.2', 'Shutting down'), close: true };
const CERTIFICATES: Partial<Record<ScenarioFault, CertificateKind>> = { 'tls-expired': 'expired', 'tls-self-signed': 'self-signed', 'tls-wrong-host': 'wrong-host' };

export function converse(duplex: Duplex, options: RemoteOptions): Conversation {
  const { run, talk, stream, destination } = options;
  let over = false;
  let left = false;
  const domain = destination?.domain ?? NOBODY;
  let site = destination?.site ?? run.siteOf(NOBODY).site;
  const manners = run.manners({ domain, ...(destination?.address === undefined ? {} : { destinationAddress: destination.address }) });
  const standing: Standing = {
    host: destination?.host ?? run.hostsOf(domain)[0]!, domain, sizeLimit: manners.size, hidden: hiddenBy(manners.hide),
    refused: false, hello: undefined, extended: false, tls: false, login: false, transaction: undefined, transactions: 0, mistakes: 0, challenge: undefined,
  };

  const wire = new Wire(duplex, {
    line: (line) => perform(command(standing, line)),
    tooLong() {
      standing.challenge = undefined;
      perform(mistake(standing, LINE_TOO_LONG));
    },
    octets: (chunk) => receiver.octets(chunk),
    ended() {
      left = true;
      // Who has gone does not wait for the answer either.
      if (pauses.idle) wire.destroy();
      else if (!receiver.keeping) wire.end();
    },
    // For the limits a connection is over with our last word, however long the client lingers.
    ending: () => options.place.leave(),
    gone() {
      over = true;
      pauses.over();
      options.place.leave();
      options.closed?.();
    },
    broke: report,
  }, LIMITS.line);
  const pauses = createPauses(talk, wire, guarded);
  const desk: Desk = { options, standing, site: () => site, wire, pauses, question, obey, misbehave, respond, guarded, left: () => left };
  const receiver = createReceiver(desk);

  function report(error: unknown): void {
    options.log.error({ error: error instanceof Error ? error.stack : String(error), connection: options.connection, stream }, 'The pretend remote broke');
  }

  function guarded(act: () => void): void {
    if (over) return;
    try {
      act();
    } catch (error) {
      report(error);
      wire.destroy();
    }
  }

  function question(stage: Stage): Asked {
    const about: Asked = {
      stream, side: 'remote', stage, connection: options.connection, client: options.client, site, domain: standing.domain, tls: standing.tls,
      now: talk.now(), messagesOnConnection: standing.transaction ? standing.transactions - 1 : standing.transactions, connectionsOpen: options.place.open(),
    };
    // A port is the first host of whoever is written to there.
    about.host = destination?.host ?? run.hostsOf(standing.domain)[0]!;
    if (destination?.address !== undefined) about.destinationAddress = destination.address;
    const { transaction } = standing;
    const message = talk.carrying ?? transaction?.envid;
    if (message !== undefined) about.message = message;
    if (talk.carryingTags) about.tags = [...talk.carryingTags];
    if (transaction) {
      about.sender = transaction.from;
      if (transaction.declaredSize !== undefined) about.size = transaction.declaredSize;
      if (stage === 'data') about.recipients = transaction.recipients;
    }
    return about;
  }

  function perform({ said: usual, stage, about, done }: Step): void {
    if (stage === undefined) {
      done?.(usual);
      return say(usual);
    }
    if (about?.recipient !== undefined) nameSite(about.recipient);
    const told = run.ask(about ? Object.assign(question(stage), about) : question(stage));
    obey(told, () => {
      if (stage === 'starttls') return startTls(told, usual);
      if (told.fault !== undefined && misbehave(told.fault)) return pauses.goOn();
      let reply: Said = told.reply ?? usual;
      done?.(reply);
      if (stage === 'ehlo' && !told.reply && standing.extended) reply = withExtensions(reply, told);
      if (stage === 'data') {
        if (reply.code === 354) receiver.begin();
        else standing.transaction = undefined;
      }
      respond(reply, told.dripMs);
    });
  }

  /** Over a listening port the first recipient says whose manners these are. */
  function nameSite(recipient: string): void {
    if (destination) return;
    const domain = domainOf(recipient);
    if (domain === standing.domain) return;
    standing.domain = domain;
    site = run.siteOf(domain).site;
    options.place.moveTo(site);
    if (standing.transaction?.recipients.length === 0) standing.sizeLimit = run.manners({ domain }).size;
  }

  function withExtensions(reply: Said, told: Answering): Said {
    standing.hidden = hiddenBy([...manners.hide, ...(told.hide ?? []), ...(told.fault === 'tls-not-offered' ? ['STARTTLS'] : [])]);
    return { ...reply, lines: [...reply.lines, ...extensions(standing)] };
  }

  function obey(told: Answering, act: () => void): void {
    if (told.delayMs !== undefined && told.delayMs > 0) pauses.wait(told.delayMs, act);
    else act();
  }

  const text = (reply: Said) => written(standing.hidden.has('ENHANCEDSTATUSCODES') ? { ...reply, enhanced: null } : reply);
  const closes = (reply: Said) => reply.close === true || reply.code === 421;

  function say(reply: Said): void {
    wire.write(text(reply));
    if (closes(reply)) wire.end();
  }

  function respond(reply: Said, dripMs = 0): void {
    if (dripMs <= 0) {
      say(reply);
      return pauses.goOn();
    }
    pauses.drip(text(reply), dripMs, () => {
      if (closes(reply)) wire.end();
      pauses.goOn();
    });
  }

  function misbehave(fault: ScenarioFault): boolean {
    switch (fault) {
      case 'silence':
      case 'unreachable':
        pauses.silence();
        return true;
      case 'disconnect':
      case 'disconnect-after-dot':
        wire.end();
        return true;
      case 'reset':
      case 'refused':
        wire.reset();
        return true;
      case 'garbage':
        wire.write(GARBAGE);
        return true;
      case 'nxdomain': case 'servfail': case 'no-mx': case 'null-mx':
      case 'tls-handshake': case 'tls-expired': case 'tls-self-signed': case 'tls-wrong-host': case 'tls-not-offered':
        return false;
    }
  }

  function startTls(told: Answering, usual: Said): void {
    const { fault } = told;
    if (fault === 'tls-not-offered') return respond(NOT_HERE);
    if (fault !== undefined && misbehave(fault)) return pauses.goOn();
    const reply = told.reply ?? usual;
    if (reply.code >= 300) return respond(reply, told.dripMs);
    pauses.hold();
    if (fault === 'tls-handshake') {
      wire.deafen();
      duplex.once('data', () => duplex.end(HANDSHAKE_FAILURE));
      say(reply);
      return wire.flush();
    }
    options.certificates.context((fault && CERTIFICATES[fault]) ?? 'good', standing.host).then((context) => guarded(() => {
      say(reply);
      wire.secure(context, () => {
        // RFC 3207 §4.2: nothing that was said before counts.
        Object.assign(standing, { tls: true, hello: undefined, extended: false, login: false, transaction: undefined } satisfies Partial<Standing>);
        pauses.goOn();
      });
    }), (error: unknown) => guarded(() => { throw error; }));
  }

  function greet(told: Answering): void {
    obey(told, () => {
      if (told.fault !== undefined && misbehave(told.fault)) pauses.goOn();
      else {
        const reply: Said = told.reply ?? said(220, null, banner(manners.banner, standing.host));
        standing.refused = reply.code >= 300;
        respond(reply, told.dripMs);
      }
      wire.pump();
    });
  }

  // What was said at `connect` is what the client hears first.
  const { opening } = options;
  guarded(() => {
    if (!opening) greet(run.ask(question('greeting')));
    else if (opening.reply || opening.fault) greet(opening);
    else obey(opening, () => greet(run.ask(question('greeting'))));
  });

  return {
    get idle() { return pauses.idle; },
    close() {
      if (!over) say(CLOSING);
    },
    destroy: () => wire.destroy(),
  };
}

const hiddenBy = (names: readonly string[]): Set<string> => new Set(names.map((name) => name.toUpperCase()));

const banner = (text: string, host: string): string => (text === '' ? `${host} ESMTP` : text.replaceAll('{host}', host).replace(/^220[ -]/, ''));
