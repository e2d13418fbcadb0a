/** What a remote offers, out of its answer to EHLO (RFC 5321 §4.1.1.1). HELO offers nothing. */
export type Extensions = {
  starttls: boolean;
  pipelining: boolean;
  eightBit: boolean;
  smtputf8: boolean;
  dsn: boolean;
  requireTls: boolean;
  chunking: boolean;
  /** Mechanisms of AUTH, in capitals; none without it. */
  auth: readonly string[];
  size: boolean;
  /** Octets; undefined without a limit (RFC 1870: none or 0). */
  sizeLimit: number | undefined;
};

export const NO_EXTENSIONS: Extensions = { starttls: false, pipelining: false, eightBit: false, smtputf8: false, dsn: false, requireTls: false, chunking: false, auth: [], size: false, sizeLimit: undefined };

/** The lines as heard, with their codes; the first names the remote. */
export function readExtensions(lines: readonly string[]): Extensions {
  const offered = new Map<string, string>();
  let auth: string[] = [];
  for (const line of lines.slice(1)) {
    // Older servers say `AUTH=LOGIN`, some of them beside the right form.
    const [keyword = '', ...rest] = line.slice(4).trim().replace(/^AUTH=/i, 'AUTH ').split(/\s+/);
    offered.set(keyword.toUpperCase(), rest[0] ?? '');
    if (keyword.toUpperCase() === 'AUTH') auth = [...new Set([...auth, ...rest.map((one) => one.toUpperCase())])];
  }
  const size = offered.get('SIZE');
  const limit = size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : 0;
  return {
    starttls: offered.has('STARTTLS'),
    pipelining: offered.has('PIPELINING'),
    eightBit: offered.has('8BITMIME'),
    smtputf8: offered.has('SMTPUTF8'),
    dsn: offered.has('DSN'),
    requireTls: offered.has('REQUIRETLS'),
    chunking: offered.has('CHUNKING'),
    auth,
    size: size !== undefined,
    sizeLimit: limit > 0 ? limit : undefined,
  };
}
