/** Reads what was counted, summed up to the steps that are asked for. Numbers of many sites (or classes) are told of the largest; the rest is one. */
import type { Database, Statement } from 'better-sqlite3';
import { QUEUE_MODES } from '../../mail/recipient.ts';
import { type Count, DELIVERY_BOUNDS, HOUR, MEASURES, OTHERS, type TelemetryQuery, type Times } from '../../telemetry/port.ts';
import { createKnown, nameOf } from './former.ts';
import { MODE } from './recipient-row.ts';

/** Sites or classes that are named. */
const NAMED = 100;

type CountRow = Omit<Count, 'mode' | 'measure'> & { mode: number; measure: number };
type TimeRow = { at: number; stream: string; mode: number; bound: number; count: number };

export function createTelemetryReading(db: Database) {
  const statements = new Map<string, Statement<[object]>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<[object]>(sql);
    statements.set(sql, statement);
    return statement;
  };
  const known = createKnown(db);

  return {
    telemetry({ stream, mode, site, from, to, step, by }: TelemetryQuery): { counts: Count[]; times: Times[] } {
      const first = Math.floor(from / HOUR) * HOUR;
      const values = { first, to, step: Math.max(Math.floor(step / HOUR), 1) * HOUR, stream: stream === undefined ? null : (known(stream) ?? -1), mode: mode === undefined ? null : MODE[mode], site: site ?? null, named: NAMED };
      // Numbers are bound as reals; at whole steps only the cast divides.
      const at = 'CAST((t.hour - @first) / @step AS INTEGER) * @step + @first';
      const within = `t.hour >= @first AND t.hour < @to${stream === undefined ? '' : ' AND t.stream = @stream'}${mode === undefined ? '' : ' AND t.mode = @mode'}`;
      const where = `${within}${site === undefined ? '' : ' AND t.site = @site'}`;
      const top = `(SELECT t.${by} FROM telemetry t WHERE ${where} GROUP BY t.${by} ORDER BY sum(t.count) DESC, t.${by} LIMIT @named)`;
      const name = by === 'total' ? "''" : `CASE WHEN t.${by} IN ${top} THEN t.${by} ELSE '${OTHERS}' END`;
      const rows = prepared(`SELECT c.at, ${nameOf('c.stream')} AS stream, c.mode, c.name, c.measure, c.count FROM
        (SELECT ${at} AS at, t.stream, t.mode, ${name} AS name, t.measure, sum(t.count) AS count FROM telemetry t WHERE ${where} GROUP BY 1, 2, 3, 4, 5) c
        ORDER BY c.at, 2, c.mode, c.name, c.measure`).all(values) as (CountRow & { name: string })[];
      const counts = rows.map(({ name: named, ...row }): Count => ({ ...row, site: by === 'site' ? named : '', class: by === 'class' ? named : '', mode: QUEUE_MODES[row.mode]!, measure: MEASURES[row.measure]! }));
      if (site !== undefined) return { counts, times: [] };

      const timed = prepared(`SELECT c.at, ${nameOf('c.stream')} AS stream, c.mode, c.bound, c.count FROM
        (SELECT ${at} AS at, t.stream, t.mode, t.bound, sum(t.count) AS count FROM delivery_times t WHERE ${within} GROUP BY 1, 2, 3, 4) c
        ORDER BY c.at, 2, c.mode`).all(values) as TimeRow[];
      const times: Times[] = [];
      for (const { at: begin, stream: lane, mode: place, bound, count } of timed) {
        let one = times.at(-1);
        if (one?.at !== begin || one.stream !== lane || one.mode !== QUEUE_MODES[place]) times.push((one = { at: begin, stream: lane, mode: QUEUE_MODES[place]!, counts: Array.from({ length: DELIVERY_BOUNDS.length + 1 }, () => 0) }));
        one.counts[bound]! += count;
      }
      return { counts, times };
    },
  };
}
