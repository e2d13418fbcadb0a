/**
 * `node server/main.ts [options]`: starts the house, as `postern start` does.
 */
import { start } from './cli/start.ts';

process.exitCode = await start(process.argv.slice(2), { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env });
