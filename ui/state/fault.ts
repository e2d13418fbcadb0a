/** A failed request as a person reads it: what went wrong, and for a search where. */
import { PosternError } from '../../sdk/errors.ts';

export type Fault = {
  message: string;
  /** HTTP; 0 when nothing answered. */
  status: number;
  /** Character of the search that is meant. */
  at?: number;
};

export const FOREIGN = 'Something in front of Postern asks for a login: reload the page.';

/** Whether something in front of Postern answered in its place, as a proxy does when a login is over: Postern sends nobody elsewhere, says why it refuses, and shows no page for what was asked (a success that is an error is one that could not be read). */
export const isForeign = (error: unknown): boolean => error instanceof PosternError && !error.problem && (error.redirected || (error.status >= 200 && error.status < 300) || [401, 403, 407].includes(error.status));

export function faultOf(error: unknown): Fault {
  if (!(error instanceof PosternError)) return { message: (error as Error)?.message ?? String(error), status: 0 };
  if (isForeign(error)) return { message: FOREIGN, status: 0 };
  if (!error.problem) return { message: error.status === 0 ? 'Postern does not answer.' : `Postern answered ${error.status}.`, status: error.status };
  const { title, detail, errors } = error.problem;
  const place = errors?.map(({ path }) => /^q\[(\d+)\]$/.exec(path)?.[1]).find((one) => one !== undefined);
  if (place !== undefined) return { message: errors![0]!.message, status: error.status, at: Number(place) };
  const inputs = errors?.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return { message: inputs || detail || title, status: error.status };
}
