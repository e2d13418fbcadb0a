/** What could be better about a message: the checks, and what mail clients make of its HTML. */

/** One observation of a check. `line` counts from 1, in the HTML as `/html?raw=1` answers it or in the raw message. */
export type CheckDetail = {
  text: string;
  line?: number;
  in?: 'html' | 'source';
  /** Mail clients it concerns, as ids of `compat.clients`. */
  clients?: string[];
  /** Where to read more, or the address that is meant. */
  href?: string;
};

export type Check = {
  /** Stable; docs/checks.md lists them. */
  id: string;
  title: string;
  /** `info`: nothing is wrong, or it cannot be told. */
  verdict: 'pass' | 'warn' | 'fail' | 'info';
  /** One sentence. */
  summary: string;
  details: CheckDetail[];
};

export type CompatClient = {
  /** Family and platform, e.g. `outlook.windows`. */
  id: string;
  family: string;
  platform: string;
  /** How many of the features that the message uses; `unknown` was never tested. */
  supported: number;
  partial: number;
  unsupported: number;
  unknown: number;
};

export type CompatFeature = {
  /** As caniemail.com names it, e.g. `css-display-flex`. */
  id: string;
  title: string;
  category: 'html' | 'css' | 'image';
  href: string;
  /** How often it is used, and the first lines of the HTML where. */
  uses: number;
  lines: number[];
  supported: number;
  partial: number;
  unsupported: number;
  unknown: number;
  /** Where it does not work in full; `notes` are places in the feature's own `notes`. */
  clients: { client: string; support: 'partial' | 'unsupported'; notes: number[] }[];
  notes: string[];
};

/** What of the HTML and CSS mail clients support, as far as caniemail.com has tested. The least supported feature first. */
export type Compat = { source: string; asOf: string; clients: CompatClient[]; features: CompatFeature[] };

/** GET /v1/messages/{id}/checks. The gravest first. `compat` is null when there is no HTML. */
export type MessageChecks = { message: string; checks: Check[]; compat: Compat | null };
