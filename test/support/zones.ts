/**
 * A small DNS server on loopback, UDP and TCP on one port, for tests: it
 * answers like a validating resolver that knows only these names, and lies
 * where it is told to.
 *
 *     await using dns = await zones({
 *       'example.test': { MX: ['10 mx.example.test'], TXT: ['v=spf1 -all'], authentic: true },
 *       'mx.example.test': { A: ['127.0.0.2'] },
 *       '_25._tcp.mx.example.test': { TLSA: ['3 1 1 <hex>'] },
 *       'slow.test': { lie: 'timeout' },
 *     });
 *     dns.address                        // '127.0.0.1:40053', as in POSTERN_RESOLVER
 *     dns.set('example.test', { … })     // from now on; null takes it away
 *     dns.asked                          // [{ name, type, over: 'udp' }, …]
 *
 * A name that is not there is NXDOMAIN, a type that it has not is NODATA, both
 * with a SOA. `*.example.test` stands for what is below. CNAMEs are followed.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Answer, AUTHENTIC_DATA, AUTHORITATIVE_ANSWER, decode, encode, type Packet, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet';

export const LIES = [
  'servfail', 'refused', 'formerr', 'notimp', 'timeout',
  /** TC over UDP, whole over TCP. */
  'truncate',
  /** The same, and TCP is closed without an answer. */
  'truncate-only',
  /** Octets that are no DNS. */
  'garbage',
  /** The right id and question, then nonsense. */
  'broken',
  /** Another id, another question: as from somebody who guesses. */
  'wrong-id', 'wrong-question',
  /** A false address with a wrong id first, then the truth. */
  'spoof-first',
  /** FORMERR to a question with EDNS, the truth without. */
  'no-edns',
  /** The CNAME without what it leads to. */
  'only-cname',
] as const;
export type Lie = (typeof LIES)[number];
export type RecordKind = 'A' | 'AAAA' | 'MX' | 'TXT' | 'CNAME' | 'TLSA' | 'PTR' | 'NS';
export type Question = { name: string; type: string; over: 'udp' | 'tcp' };

export type NameData = {
  A?: string[];
  AAAA?: string[];
  /** `10 mx.example.test`; `0 .` is a null MX. */
  MX?: string[];
  /** Longer than 255 octets is cut into several strings. */
  TXT?: string[];
  CNAME?: string;
  /** `3 1 1 <hex>`. */
  TLSA?: string[];
  PTR?: string[];
  NS?: string[];
  /** Seconds; 300 unless said. */
  ttl?: number;
  /** AD bit, for this name and those below that say nothing. */
  authentic?: boolean;
  /** For all questions, for some types, or as it comes (`nth` counts the questions of this name and type, from 1). */
  lie?: Lie | Partial<Record<RecordKind, Lie>> | ((question: Question, nth: number) => Lie | undefined);
};
export type ZoneData = Record<string, NameData>;

export type Zones = AsyncDisposable & {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly asked: Question[];
  set(name: string, data: NameData | null): void;
};

const TTL = 300;
const RCODE = { formerr: 1, servfail: 2, nxdomain: 3, notimp: 4, refused: 5 } as const;
const canonical = (name: string) => (name === '.' ? '' : name.toLowerCase().replace(/\.$/, ''));

export async function zones(data: ZoneData, { host = '127.0.0.1', negativeTtl = 300 }: { host?: string; /** SOA minimum, seconds. */ negativeTtl?: number } = {}): Promise<Zones> {
  const names = new Map(Object.entries(data).map(([name, one]) => [canonical(name), one]));
  const asked: Question[] = [];
  const times = new Map<string, number>();

  function find(name: string): NameData | undefined {
    const own = names.get(name);
    if (own) return own;
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
      const wild = names.get(`*${name.slice(at)}`);
      if (wild) return wild;
    }
    return undefined;
  }

  function isAuthentic(name: string): boolean {
    const said = find(name)?.authentic;
    if (said !== undefined) return said;
    const dot = name.indexOf('.');
    return dot >= 0 && isAuthentic(name.slice(dot + 1));
  }

  function reply(raw: Buffer, over: Question['over']): Buffer[] {
    const query = decode(raw);
    const [question] = query.questions ?? [];
    if (!question) return [];
    const name = canonical(question.name);
    const edns = query.additionals?.find((one) => one.type === 'OPT');
    const told: Question = { name, type: question.type, over };
    asked.push(told);
    const nth = (times.get(`${name} ${question.type}`) ?? 0) + 1;
    times.set(`${name} ${question.type}`, nth);

    const answers: Answer[] = [];
    let rcode = 0;
    let authentic = isAuthentic(name);
    const { lie } = find(name) ?? {};
    const lies = typeof lie === 'function' ? lie(told, nth) : typeof lie === 'object' ? lie[question.type as RecordKind] : lie;
    let at = name;
    for (let hops = 0; hops < 20; hops++) {
      const found = find(at);
      authentic &&= isAuthentic(at);
      if (!found) {
        const isAbove = [...names.keys()].some((one) => one.endsWith(`.${at}`));
        rcode = isAbove ? 0 : RCODE.nxdomain;
        break;
      }
      const ttl = found.ttl ?? TTL;
      if (found.CNAME !== undefined && question.type !== 'CNAME') {
        answers.push({ type: 'CNAME', name: at, ttl, data: found.CNAME });
        if (lies === 'only-cname') break;
        at = canonical(found.CNAME);
        continue;
      }
      answers.push(...records(at, question.type, found, ttl));
      break;
    }
    const isEmpty = !answers.some(({ type }) => type === question.type) && lies !== 'only-cname';

    const flags = RECURSION_DESIRED | RECURSION_AVAILABLE | AUTHORITATIVE_ANSWER | (authentic && lies !== 'servfail' ? AUTHENTIC_DATA : 0);
    const base: Packet = { type: 'response', id: query.id ?? 0, questions: [question], additionals: edns ? [opt()] : [] };
    const failure = (code: number) => [encode({ ...base, flags: RECURSION_DESIRED | RECURSION_AVAILABLE | code })];
    const whole: Packet = { ...base, flags: flags | rcode, answers, authorities: isEmpty ? [soa(at, negativeTtl)] : [] };
    const truncated = () => [encode({ ...base, flags: flags | TRUNCATED_RESPONSE })];

    switch (lies) {
      case 'timeout': return [];
      case 'servfail': return failure(RCODE.servfail);
      case 'refused': return failure(RCODE.refused);
      case 'formerr': return failure(RCODE.formerr);
      case 'notimp': return failure(RCODE.notimp);
      case 'garbage': return [Buffer.from('this is no DNS message at all')];
      case 'broken': {
        const head = encode({ ...base, flags, additionals: [] });
        head.writeUInt16BE(9, 6); // nine answers, of which none can be read
        return [Buffer.concat([head, Buffer.from('c0ffc0ff', 'hex')])];
      }
      case 'wrong-id': return [encode({ ...whole, id: ((query.id ?? 0) + 1) % 65_536 })];
      case 'wrong-question': return [encode({ ...whole, questions: [{ ...question, name: `not-${name}` }] })];
      case 'spoof-first': return [encode({ ...base, id: ((query.id ?? 0) + 1) % 65_536, flags, answers: [{ type: 'A', name, ttl: TTL, data: '6.6.6.6' }] }), encode(whole)];
      case 'no-edns':
        if (edns) return failure(RCODE.formerr);
        break;
      case 'truncate':
        if (over === 'udp') return truncated();
        break;
      case 'truncate-only': return over === 'udp' ? truncated() : [];
      case 'only-cname':
      case undefined: break;
    }
    const full = encode(whole);
    const room = edns && 'udpPayloadSize' in edns ? Math.max(512, edns.udpPayloadSize) : 512;
    return over === 'udp' && full.length > room ? truncated() : [full];
  }

  const open = new Set<Socket>();
  const server = createServer((socket: Socket) => {
    let held: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
        const raw = held.subarray(2, 2 + held.readUInt16BE(0));
        held = held.subarray(2 + raw.length);
        const answers = reply(raw, 'tcp');
        if (answers.length === 0) return void socket.destroy();
        for (const one of answers) socket.write(Buffer.concat([Buffer.from([one.length >> 8, one.length & 0xff]), one]));
      }
    });
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  // One port for both: the one that UDP got may be taken for TCP.
  const family = host.includes(':') ? 'udp6' : 'udp4';
  let udp = createSocket(family);
  for (let tries = 1; ; tries++) {
    udp.bind(0, host);
    await once(udp, 'listening');
    server.listen(udp.address().port, host);
    const isThere = await once(server, 'listening').then(() => true, () => false);
    if (isThere) break;
    udp.close();
    if (tries === 20) throw new Error('no port that is free for both UDP and TCP');
    udp = createSocket(family);
  }
  udp.on('error', () => {});
  try {
    udp.setRecvBufferSize(4 * 1024 * 1024);
  } catch {
    // As large as the system lets it be.
  }
  udp.on('message', (raw, from) => {
    let answers: Buffer[] = [];
    try {
      answers = reply(raw, 'udp');
    } catch {
      // No question: no answer.
    }
    for (const one of answers) udp.send(one, from.port, from.address);
  });
  const { port } = udp.address();

  return {
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, host, port, asked,
    set(name, one) {
      if (one === null) names.delete(canonical(name));
      else names.set(canonical(name), one);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await Promise.all([new Promise((done) => server.close(done)), new Promise<void>((done) => { udp.close(() => done()); })]);
    },
  };
}

/** EDNS(0), as a resolver answers it. */
const opt = (): Answer => ({ type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] });

function soa(name: string, minimum: number): Answer {
  const apex = name.split('.').slice(-2).join('.') || '.';
  return { type: 'SOA', name: apex, ttl: minimum, data: { mname: `ns.${apex}`, rname: `hostmaster.${apex}`, serial: 1, refresh: 3600, retry: 600, expire: 86_400, minimum } };
}

function records(name: string, type: string, data: NameData, ttl: number): Answer[] {
  switch (type) {
    case 'A': return (data.A ?? []).map((one) => ({ type: 'A', name, ttl, data: one }));
    case 'AAAA': return (data.AAAA ?? []).map((one) => ({ type: 'AAAA', name, ttl, data: one }));
    case 'PTR': return (data.PTR ?? []).map((one) => ({ type: 'PTR', name, ttl, data: one }));
    case 'NS': return (data.NS ?? []).map((one) => ({ type: 'NS', name, ttl, data: one }));
    case 'CNAME': return data.CNAME === undefined ? [] : [{ type: 'CNAME', name, ttl, data: data.CNAME }];
    case 'MX': return (data.MX ?? []).map((one) => {
      const [preference = '', exchange = ''] = one.trim().split(/\s+/);
      return { type: 'MX', name, ttl, data: { preference: Number(preference), exchange } };
    });
    case 'TXT': return (data.TXT ?? []).map((one) => {
      const octets = Buffer.from(one);
      return { type: 'TXT', name, ttl, data: Array.from({ length: Math.max(1, Math.ceil(octets.length / 255)) }, (_, at) => octets.subarray(at * 255, at * 255 + 255)) };
    });
    case 'TLSA': return (data.TLSA ?? []).map((one) => {
      const [usage = '', selector = '', matching = '', hex = ''] = one.trim().split(/\s+/);
      return { type: 'TLSA', name, ttl, data: { usage: Number(usage), selector: Number(selector), matchingType: Number(matching), certificate: Buffer.from(hex, 'hex') } };
    });
    default: return [];
  }
}
