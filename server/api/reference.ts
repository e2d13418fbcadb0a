/**
 * The API reference, written from the OpenAPI document: as Markdown for
 * docs/api.md and as a page for /docs that needs no script and no other host.
 */
import { PROBLEMS } from './problems.ts';
import type { OpenApi } from './openapi.ts';

type Schema = {
  $ref?: string; type?: string | string[]; format?: string; enum?: unknown[]; const?: unknown; items?: Schema; properties?: Record<string, Schema>;
  required?: string[]; additionalProperties?: boolean | Schema; anyOf?: Schema[]; oneOf?: Schema[]; allOf?: Schema[]; description?: string;
  minimum?: number; maximum?: number; default?: unknown;
};
type Content = Record<string, { schema?: Schema }>;
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Operation = {
  tags?: string[]; summary?: string; description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};

type Block =
  | { kind: 'title' | 'noun' | 'route'; text: string }
  | { kind: 'say'; text: string }
  | { kind: 'list'; lines: string[] }
  | { kind: 'code'; text: string };

function blocksOf(document: OpenApi): Block[] {
  const blocks: Block[] = [{ kind: 'title', text: 'HTTP API' }, { kind: 'say', text: document.info.description ?? '' }];
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })));
  // Many routes take the same filters: they are listed once.
  const filters = (operations.find(({ method, path }) => method === 'delete' && path === '/v1/messages')?.operation.parameters ?? []).filter((one) => one.in === 'query');
  for (const { name, description } of document.tags ?? []) {
    blocks.push({ kind: 'noun', text: name }, { kind: 'say', text: description ?? '' });
    for (const { path, method, operation } of operations) if (operation.tags?.includes(name)) blocks.push(...blocksOfOperation(method, path, operation, filters));
  }
  blocks.push({ kind: 'noun', text: 'Filters' }, { kind: 'say', text: 'What lists, waits, changes and deletions look for. All that are given must hold; a name that is not one of them is an error, and so is one without a value (but for `from`, which then is the null sender). Addresses are compared whole, in any case: `*@example.test` is a domain, `ann@*` a name in any, `<root>` an address that has no domain; half an address without `*` is an error. Texts in `q` are read by [the search language](search.md).' });
  blocks.push({ kind: 'list', lines: filters.map(lineOf) });
  blocks.push({ kind: 'noun', text: 'Shapes' });
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) blocks.push({ kind: 'code', text: `${name} = ${shapeOf(schema as Schema)}` });
  blocks.push({ kind: 'noun', text: 'Problems' }, { kind: 'say', text: 'Every error is `application/problem+json` with `type`, `title`, `status`, often `detail`, and `errors` for inputs. The type is a path on the server that says the same as this list.' });
  for (const { description } of Object.values(document.components?.responses ?? {})) blocks.push({ kind: 'say', text: description ?? '' });
  blocks.push({ kind: 'list', lines: Object.entries(PROBLEMS).map(([name, { status, title, means }]) => `\`${name}\` (${status}): ${title}. ${means}`) });
  return blocks;
}

function lineOf({ name, in: where, description, schema }: Parameter): string {
  const shape = schema ? shapeOf(schema) : 'string';
  const said = description ?? schema?.description;
  return `\`${name}\`${where === 'header' ? ' (header)' : ''}: \`${shape}\`${said ? ` ${said}` : ''}`;
}

function blocksOfOperation(method: string, path: string, { summary, description, parameters = [], requestBody, responses }: Operation, filters: Parameter[]): Block[] {
  const blocks: Block[] = [{ kind: 'route', text: `${method.toUpperCase()} ${path}` }];
  blocks.push({ kind: 'say', text: [summary && `${summary}.`, description].filter(Boolean).join(' ') });
  const names = new Set(parameters.map(({ name }) => name));
  const filtered = filters.every(({ name }) => names.has(name));
  const lines = parameters.filter((one) => one.in !== 'path' && !(filtered && filters.some(({ name }) => name === one.name))).map(lineOf);
  if (filtered) lines.unshift('the filters (see Filters)');
  if (requestBody) for (const [type, { schema }] of Object.entries(requestBody.content)) lines.push(`takes \`${type}\`: \`${schema ? shapeOf(schema) : 'bytes'}\``);
  for (const [status, { description: says, content }] of Object.entries(responses)) {
    if (status === 'default') continue; // said once, with the problems
    if (Number(status) >= 400) {
      const shape = Object.values(content ?? {})[0]?.schema;
      const more = shape?.$ref && !shape.$ref.endsWith('/Problem') ? `: \`${shapeOf(shape)}\`` : '';
      lines.push(`answers ${status}: ${says}${more}`);
    } else if (content) {
      for (const [type, { schema }] of Object.entries(content)) lines.push(type === 'application/json' && schema ? `answers ${status}: \`${shapeOf(schema)}\`` : `answers ${status}: \`${type}\``);
    } else {
      lines.push(`answers ${status}`);
    }
  }
  if (lines.length > 0) blocks.push({ kind: 'list', lines });
  return blocks;
}

/** A schema as a type is written. */
export function shapeOf(schema: Schema, indent = ''): string {
  if (schema.$ref) return schema.$ref.replace(/^.*\//, '');
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return [...new Set(union.map((one) => shapeOf(one, indent)))].join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => shapeOf(one, indent)).join(' & ');
  const types = [schema.type ?? []].flat();
  const nullable = types.includes('null') ? ' | null' : '';
  const type = types.find((one) => one !== 'null');
  if (type === 'array') {
    const item = shapeOf(schema.items ?? {}, indent);
    return `${/ [|&] /.test(item) && !item.startsWith('{') ? `(${item})` : item}[]${nullable}`;
  }
  if (type === 'object' && schema.properties) {
    const inner = `${indent}  `;
    const fields = Object.entries(schema.properties).map(([name, one]) => {
      const said = one.description ? `  // ${one.description}` : '';
      return `${inner}${name}${schema.required?.includes(name) ? '' : '?'}: ${shapeOf(one, inner)}${said}`;
    });
    return `{\n${fields.join('\n')}\n${indent}}${nullable}`;
  }
  if (type === 'object') return `{ [name]: ${typeof schema.additionalProperties === 'object' ? shapeOf(schema.additionalProperties, indent) : 'any'} }${nullable}`;
  const bounds = schema.minimum !== undefined && schema.maximum !== undefined ? ` (${schema.minimum} to ${schema.maximum})` : '';
  return `${type ?? 'any'}${bounds}${nullable}`;
}

export function markdown(document: OpenApi): string {
  const text = blocksOf(document).map((block) => {
    switch (block.kind) {
      case 'title': return `# ${block.text}\n\n<!-- Made by \`npm run docs\` from the schemas in server/api; a test holds it to them. -->`;
      case 'noun': return `## ${block.text}`;
      case 'route': return `### \`${block.text}\``;
      case 'say': return block.text;
      case 'list': return block.lines.map((line) => `- ${line.replaceAll('\n', '\n  ')}`).join('\n');
      case 'code': return `\`\`\`ts\n${block.text}\n\`\`\``;
    }
  });
  return `${text.filter(Boolean).join('\n\n')}\n`;
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
// The pages of docs/ are not served.
const inline = (text: string) => escape(text).replace(/`([^`]+)`/g, '<code>$1</code>').replace(/\[([^\]]+)\]\([\w-]+\.md\)/g, '$1');
const anchor = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

export function page(document: OpenApi): string {
  const blocks = blocksOf(document);
  const contents = blocks.filter(({ kind }) => kind === 'noun' || kind === 'route')
    .map((block) => ('text' in block ? `<a class="${block.kind}" href="#${anchor(block.text)}">${escape(block.text)}</a>` : '')).join('\n');
  const body = blocks.map((block) => {
    switch (block.kind) {
      case 'title': return `<h1>${escape(block.text)}</h1>`;
      case 'noun': return `<h2 id="${anchor(block.text)}">${escape(block.text)}</h2>`;
      case 'route': return `<h3 id="${anchor(block.text)}"><code>${escape(block.text)}</code></h3>`;
      case 'say': return block.text && `<p>${inline(block.text)}</p>`;
      case 'list': return `<ul>${block.lines.map((line) => `<li>${inline(line)}</li>`).join('')}</ul>`;
      case 'code': return `<pre>${escape(block.text)}</pre>`;
    }
  }).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Postern: HTTP API</title>
<style>
:root { color-scheme: light dark; font: 15px/1.55 system-ui, sans-serif; }
body { display: grid; grid-template-columns: minmax(15rem, 21rem) minmax(0, 1fr); margin: 0; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; box-sizing: border-box; border-right: 1px solid #8884; }
nav a { display: block; color: inherit; text-decoration: none; font: 12px/1.8 ui-monospace, monospace; white-space: nowrap; }
nav a.noun { font: 600 14px/2.4 system-ui, sans-serif; }
main { padding: 1rem 2.5rem 4rem; max-width: 60rem; }
h3 { margin-top: 2.2rem; }
li { white-space: pre-wrap; }
code, pre { font: 13px/1.5 ui-monospace, monospace; background: #8881; border-radius: 4px; padding: .1em .3em; }
pre { padding: .8em 1em; overflow: auto; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } }
</style></head>
<body><nav>${contents}</nav><main>${body}
<p>The same as a document: <a href="v1/openapi.json">OpenAPI 3.1</a></p></main></body></html>
`;
}
