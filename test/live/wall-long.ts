/**
 * The wall at length: at least 10,000 attempts of the whole Postern.
 *
 *     node --expose-gc test/live/wall-long.ts [recipients of each way] [minutes until they expire]
 *
 * Says what became of them; ends with 1 when somebody was stuck, or when
 * something is left behind.
 */
import { wall } from './wall.ts';

const [each = 60, minutes = 240] = process.argv.slice(2).map(Number);
const found = await wall({ each, times: 200, expiresAfter: minutes, every: 20, tell: (text) => console.error(text) });
for (const [name, ends] of found.ends) console.log(name.padEnd(30), [...ends].map(([state, count]) => `${state} ${count}`).join(', '));
const { attempts, seconds, longestAttempt, longestLife, left, heap } = found;
console.log(`${attempts} attempts in ${seconds.toFixed(0)} s (${(attempts / seconds).toFixed(0)}/s); the longest took ${longestAttempt.toFixed(1)} min, a whole life ${longestLife.toFixed(0)} min of ${minutes}`);
console.log(`left: ${left.sockets} sockets, ${left.timers} timers; heap ${heap.early.toFixed(1)} MB after a quarter, ${heap.late.toFixed(1)} MB at the end`);
process.exit(left.sockets === 0 && left.timers < 5 && heap.late < heap.early + 30 ? 0 : 1);
