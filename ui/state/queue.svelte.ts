/**
 * What waits, by stream and site, as the server tells it; kept current by
 * asking again after events. And what a person does about a stream or a site
 * of it.
 */
import type { Api } from '../../sdk/api.ts';
import type { PauseInput, PosternEvent, QueueMode, QueueView, Site } from '../../sdk/contract.ts';
import { Acting } from './acting.svelte.ts';
import { again, type Again } from './again.ts';
import { changedText } from './delivering.svelte.ts';
import { faultOf, type Fault } from './fault.ts';
import { plural } from './format.ts';
import { longText } from './outcome.ts';
import { COUNTED, Tape, type Plotted } from './plot.ts';

export type Lane = QueueView['streams'][number];
/** Events of a request, and requests, that the plots begin with. */
const PAGE = 500;
const PAGES = 8;
const HOUR = 3_600_000;

export class QueueDesk extends Acting {
  view: QueueView | undefined = $state.raw();
  plotted: Plotted | undefined = $state.raw();
  fault: Fault | undefined = $state.raw();
  #api: Api;
  #stream: string | undefined;
  #tape: Tape | undefined;
  /** What came while the past was asked for. */
  #meanwhile: PosternEvent[] = [];
  #again: Again;
  #time: () => number;

  constructor(api: Api, time: () => number = () => Date.now()) {
    super();
    this.#api = api;
    this.#time = time;
    this.#again = again(() => this.#load(), 1_000);
  }

  /** Of one stream, or of all. */
  async open(stream: string | undefined): Promise<void> {
    this.#stream = stream;
    this.#tape = undefined;
    this.#meanwhile = [];
    this.word = '';
    await Promise.all([this.#again.now(), this.#past(stream)]);
    this.draw();
  }

  hear(events: readonly PosternEvent[]): void {
    if (!events.some(({ type }) => concerns(type))) return;
    if (this.#tape) this.#tape.add(events, this.#stream);
    else this.#meanwhile.push(...events);
    this.#again.soon();
  }

  /** Minutes go by also when nothing happens. */
  draw(): void {
    this.plotted = this.#tape?.plotted(this.#time(), this.view ? depthOf(this.view.streams) : undefined);
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  async pause(input: PauseInput): Promise<boolean> {
    return await this.do(async () => {
      await this.#api.pause(input);
      return `${input.site ?? input.stream} is paused.`;
    });
  }

  /** `mode`: of a site, that for real or for pretended mail. */
  async resume(stream: string, site?: string, mode?: QueueMode): Promise<boolean> {
    return await this.do(async () => {
      await this.#api.resume({ stream, ...(site === undefined ? {} : { site }), ...(mode === undefined ? {} : { mode }) });
      return `${site ?? stream} goes on.`;
    });
  }

  async act(act: 'retry' | 'hold' | 'release' | 'cancel', stream: string, site?: string, mode?: QueueMode): Promise<boolean> {
    return await this.do(async () => {
      const answer = await this.#api[act]({ stream, ...(site === undefined ? {} : { site }), ...(mode === undefined ? {} : { mode }) });
      return changedText(answer, { retry: 'tried now', hold: 'held', release: 'released', cancel: 'cancelled' }[act]);
    });
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    const stream = this.#stream;
    try {
      const view = await this.#api.queue(stream === undefined ? {} : { stream });
      if (this.#stream !== stream) return;
      this.view = view;
      this.fault = undefined;
      this.draw();
    } catch (error) {
      if (this.#stream === stream) this.fault = faultOf(error);
    }
  }

  async #past(stream: string | undefined): Promise<void> {
    const now = this.#time();
    let before: PosternEvent[] = [];
    let since = now;
    try {
      ({ events: before, since } = await lastHour(this.#api, now));
    } catch { /* the plots begin now */ }
    if (this.#stream !== stream) return;
    this.#tape = new Tape(since);
    this.#tape.add(before, stream);
    this.#tape.add(this.#meanwhile, stream);
    this.#meanwhile = [];
  }
}

/** As many events of the last hour as a few requests bring, and since when none of them is missing. */
async function lastHour(api: Api, now: number): Promise<{ events: PosternEvent[]; since: number }> {
  const types = COUNTED.join(',');
  const begin = now - HOUR;
  let { events } = await api.events({ latest: PAGE, types });
  // Fewer are all that there are. Ids grow by one: what came before the newest page is asked for by its number.
  let low = events.length < PAGE ? 0 : events[0]!.id - 1;
  for (let page = 1; page < PAGES && low > 0 && Date.parse(events[0]?.at ?? '') > begin; page++) {
    const after = Math.max(0, low - PAGE);
    const first = low;
    const older = await api.events({ after, limit: PAGE, types });
    events = [...older.events.filter(({ id }) => id <= first), ...events];
    low = after;
  }
  const oldest = events[0] ? Date.parse(events[0].at) : now;
  return { events, since: low <= 0 || oldest <= begin ? begin : oldest };
}

/** Not over: what waits, is tried or held. */
export const depthOf = (lanes: readonly Lane[]): number => lanes.reduce((sum, { tally }) => sum + laneDepth(tally), 0);
export const laneDepth = (tally: Lane['tally']): number => (tally.queued ?? 0) + (tally.active ?? 0) + (tally.deferred ?? 0) + (tally.held ?? 0);

export type Order = 'depth' | 'site' | 'next' | 'oldest';

/** Sites that hold what is typed, in the order that is asked for. */
export function chosen(sites: readonly Site[], typed: string, order: Order): Site[] {
  const wanted = typed.trim().toLowerCase();
  const found = sites.filter((one) => wanted === '' || [one.site, one.provider ?? '', one.stream, ...one.destinations].some((text) => text.toLowerCase().includes(wanted)));
  const byName = (a: Site, b: Site) => a.site.localeCompare(b.site) || a.stream.localeCompare(b.stream);
  const byTime = (a: string | null, b: string | null) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : Date.parse(a) - Date.parse(b));
  return found.sort((a, b) => {
    switch (order) {
      case 'depth': return b.waiting + b.active + b.held - a.waiting - a.active - a.held || byName(a, b);
      case 'site': return byName(a, b);
      case 'next': return byTime(a.nextDue, b.nextDue) || byName(a, b);
      case 'oldest': return byTime(a.oldestAt, b.oldestAt) || byName(a, b);
    }
  });
}

/** Why a site is as slow as it is, in sentences; the first is the strongest. Pauses as of `now`, which is of the site's clock; else what the engine says. */
export function reasons({ pause, pace, connections, limits, waiting, active, counts, nextDue, why }: Site, lanePaused: Lane['paused'] | undefined, now: number): string[] {
  const said: string[] = [];
  const end = (until: string | null) => (until === null ? 'until somebody resumes it' : `for another ${longText(Math.max(0, Date.parse(until) - now))}`);
  if (lanePaused) said.push(`The whole stream is paused ${end(lanePaused.until)}: ${lanePaused.reason || 'no reason was given'}.`);
  if (pause) said.push(`Paused by ${pause.by === 'person' ? 'a person' : 'the engine'} ${end(pause.until)}: ${pause.reason || 'no reason was given'}.`);
  if (said.length === 0 && why) return [why];
  if (pace < 1) said.push(`It was told to slow down: ${Math.round(pace * 100)} % of the limits are in use, and more again step by step.`);
  if (waiting > 0 && connections.most > 0 && connections.open >= connections.most) said.push(`All ${plural(connections.most, 'connection')} that it may have are open.`);
  if (limits.rate && waiting > 0) said.push(`No more than ${rateText(limits.rate)} go out.`);
  if (counts.connectFailures > 0) said.push(`${plural(counts.connectFailures, 'connection')} could not be made since the start.`);
  if (said.length === 0 && waiting > 0) said.push(nextDue !== null && Date.parse(nextDue) > now ? `Nothing holds it back: the next attempt is due in ${longText(Date.parse(nextDue) - now)}.` : 'Nothing holds it back.');
  if (said.length === 0) said.push(active > 0 ? 'It is being tried.' : 'Nothing waits for it.');
  return said;
}

export const rateText = ({ messages, perMs, burst }: NonNullable<Site['limits']['rate']>): string => `${plural(messages, 'message')} in ${longText(perMs)}${burst > 1 ? `, ${burst} at once` : ''}`;

const concerns = (type: PosternEvent['type']): boolean => type === 'message.captured' || /^(recipient|site|stream|clock)\./.test(type);
