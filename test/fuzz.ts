/**
 * All properties at length: `npm run fuzz`, or `npm run fuzz -- SECONDS` for
 * each (5; at most 10, for the tests have time-outs of their own: run it again
 * for more). What fails prints its seed and path, and the smallest case found.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';

const seconds = Number(process.argv[2] ?? 5);
if (!(seconds >= 1 && seconds <= 10)) throw new Error(`SECONDS is a number from 1 to 10, not ${process.argv[2]}`);
const uses = (file: string): boolean => readFileSync(file, 'utf8').includes("from 'fast-check'");
// A conformance suite is shared: its properties are beside the test file.
const files = globSync('{server,sdk,ui,test}/**/*.test.ts').filter((file) => uses(file) || file.startsWith('test/conformance/'));
const vitest = spawn('vitest', ['run', ...files], { stdio: 'inherit', env: { ...process.env, FUZZ_SECONDS: `${seconds}` } });
vitest.on('exit', (code) => { process.exitCode = code ?? 1; });
