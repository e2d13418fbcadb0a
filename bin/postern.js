#!/usr/bin/env node
/**
 * The command. Plain JavaScript, so that a Node that is too old gets a
 * sentence instead of a syntax error (or, from better-sqlite3 below 22.14, a
 * crash without a message). Runs the built code when there is some and no
 * source beside it, as in the published package.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Postern needs Node 22.18 or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
    'In a checkout, `npm ci` brings a Node of its own and `npm start` uses it.\n',
  );
  process.exit(1);
}
// Mail makes much garbage that dies young. A nursery that stays small enough
// (server/nursery.ts) and an old heap that grows by halves keep 100 to 200 MB
// out of memory, at no cost in speed that could be measured. So small a nursery
// is collected quicker alone than by waking four threads for it
// (docs/benchmarks.md).
const { setFlagsFromString } = await import('node:v8');
for (const flag of ['--heap-growing-percent=50', '--no-parallel-scavenge']) setFlagsFromString(flag);
const { existsSync } = await import('node:fs');
const { enableCompileCache } = await import('node:module');
const { fileURLToPath } = await import('node:url');
const source = new URL('../server/cli/cli.ts', import.meta.url);
if (existsSync(source)) {
  // Compiled code is kept between starts; the threads learn of it by the
  // variable. Without it each would load a TypeScript stripper of 17 MB.
  const cache = fileURLToPath(new URL('../node_modules/.cache/postern', import.meta.url));
  enableCompileCache(cache);
  process.env.NODE_COMPILE_CACHE = cache;
} else {
  enableCompileCache();
}
const { main } = await import(existsSync(source) ? source.href : new URL('../dist/server/cli/cli.js', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2), process.argv[1]);
