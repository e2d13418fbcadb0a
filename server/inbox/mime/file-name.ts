/**
 * A file name as the sender wrote it, made fit to show: the last step of a
 * path only, no control characters, nothing that turns the reading direction
 * (`gpj.exe` shown as `exe.jpg`). Never a path, never `.` or `..`; `''` when
 * nothing is left. It is not made unique and must not name a file on disk.
 */

const LIMIT = 255;
// Controls, line and paragraph separators, and the directional marks and overrides of Unicode (UAX #9 §2).
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

export function displayName(written: string): string {
  const bare = written.slice(0, 8_192).replace(UNSHOWABLE, ' ').replace(/^.*[/\\]/s, '').replace(/\s+/g, ' ').trim();
  if (/^\.*$/.test(bare)) return '';
  const points = Array.from(bare);
  if (points.length <= LIMIT) return bare;
  // The ending says what it is: it stays.
  const ending = /\.[^.]{1,16}$/.exec(bare)?.[0] ?? '';
  return points.slice(0, LIMIT - ending.length).join('') + ending;
}
