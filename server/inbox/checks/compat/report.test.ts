import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanHtml } from '../html-scan.ts';
import { compatOf } from './report.ts';

const uses = (html: string, typeOfCid?: (cid: string) => string | undefined) => new Map(compatOf(scanHtml(html), typeOfCid).compat.features.map(({ id, lines }) => [id, lines]));
const inStyle = (css: string) => [...uses(`<style>\n${css}\n</style>`).keys()].filter((id) => id.startsWith('css-')).toSorted();

test.each([
  ['a { display: flex }', ['css-display', 'css-display-flex', 'css-selector-type']],
  ['.a.b { display: grid }', ['css-display', 'css-display-grid', 'css-selector-chaining', 'css-selector-class']],
  ['#a > p { margin-left: 1rem }', ['css-margin', 'css-selector-child', 'css-selector-id', 'css-selector-type', 'css-unit-rem']],
  ['* { color: rgb(1 2 3) !important }', ['css-important', 'css-rgb', 'css-selector-universal']],
  ['a, b { border-top-left-radius: 3px }', ['css-border-radius', 'css-selector-grouping', 'css-selector-type', 'css-unit-px']],
  ['a:hover::before { border-top: 0 }', ['css-border', 'css-pseudo-class-hover', 'css-pseudo-element-before', 'css-selector-type']],
  ['a:before { width: calc(1px + 2%) }', ['css-pseudo-element-before', 'css-selector-type', 'css-unit-calc', 'css-unit-percent', 'css-unit-px', 'css-width']],
  ['@media (prefers-color-scheme: dark) { a { --x: 1 } }', ['css-at-media', 'css-at-media-prefers-color-scheme', 'css-selector-type', 'css-variables']],
  ['@font-face { font-family: X }', ['css-at-font-face']],
  ['a { & b { opacity: .5 } }', ['css-nesting', 'css-opacity', 'css-selector-descendant', 'css-selector-type']],
  ['a[href] { background: linear-gradient(red, blue) } /* c */', ['css-background', 'css-comments', 'css-linear-gradient', 'css-selector-attribute', 'css-selector-chaining', 'css-selector-type']],
  ['a { margin-inline-start: 0; padding-block: 0 }', ['css-margin-inline-start-end', 'css-padding-inline-block', 'css-selector-type']],
  ['a { font-family: system-ui; width: fit-content }', ['css-intrinsic-size', 'css-selector-type', 'css-sytem-ui', 'css-width']],
])('%s uses %j', (css, wanted) => {
  expect(inStyle(css)).toEqual(wanted);
});

test('the lines are those of the HTML, in style sheets and in attributes', () => {
  const found = uses('<html>\n<style>\n.a { color: red }\n.b { gap: 1px }\n</style>\n<p style="display:flex">\nx</p>\n<p style="display:flex">');
  expect(found.get('css-gap')).toEqual([4]);
  expect(found.get('css-display-flex')).toEqual([6, 8]);
  expect(found.get('html-style')).toEqual([2]);
});

test('elements, attributes and pictures are seen', () => {
  const found = uses('<!doctype html><body lang="de"><table cellpadding="0" background="a.webp"><h2>x</h2><ul></ul></table><input type="email"><button>b</button><a href="#x">l</a><img srcset="a.avif 2x" src="data:image/png;base64,AA"><img src="cid:1">', (cid) => (cid === '1' ? 'image/svg+xml' : undefined));
  expect([...found.keys()]).toEqual(expect.arrayContaining(['html-doctype', 'html-body', 'html-lang', 'html-table', 'html-cellpadding', 'html-background', 'html-h1-h6', 'html-lists', 'html-input-text', 'html-button-submit', 'html-anchor-links', 'html-srcset', 'image-webp', 'image-avif', 'image-base64', 'image-png', 'image-svg']));
});

test('what is in comments for Outlook, in text or in scripts is not used', () => {
  const found = uses('<!--[if mso]><table width="1"><![endif]--><p>display:flex &lt;video&gt;</p><script>var a = "<video>"</script>');
  expect([...found.keys()].toSorted()).toEqual(['html-p']);
});

test('each client counts each used feature once, and the least supported comes first', () => {
  const { compat } = compatOf(scanHtml('<p style="display:grid">a</p><p style="display:grid">b</p>'));
  const grid = compat.features.find(({ id }) => id === 'css-display-grid')!;
  expect(grid).toMatchObject({ uses: 2, category: 'css', href: 'https://www.caniemail.com/features/css-display-grid/' });
  expect(grid.supported + grid.partial + grid.unsupported + grid.unknown).toBe(compat.clients.length);
  expect(grid.clients.find(({ client }) => client === 'outlook.windows')).toMatchObject({ support: 'unsupported' });
  expect(grid.clients.some(({ client }) => client === 'apple-mail.ios')).toBe(false);
  for (const client of compat.clients) expect(client.supported + client.partial + client.unsupported + client.unknown).toBe(compat.features.length);
  const weight = compat.features.map(({ unsupported, partial }) => unsupported * 2 + partial);
  expect(weight).toEqual(weight.toSorted((a, b) => b - a));
  for (const { clients, notes } of compat.features) for (const client of clients) for (const note of client.notes) expect(notes[note]).toBeTypeOf('string');
});

test('CSS that cannot be read is told with its line, and the rest is read', () => {
  const { css, compat } = compatOf(scanHtml('<style>\n.a { color: red }\n.b { : nonsense }\n.c { gap: 1px }</style>'));
  expect(css.errors).toMatchObject([{ line: 3 }]);
  expect(compat.features.map(({ id }) => id)).toContain('css-gap');
});

test('hostile HTML and CSS is read in a moment', () => {
  const hostile = [
    '<div>'.repeat(200_000), '<'.repeat(500_000), '<style>'.repeat(50_000), `<style>${'{'.repeat(300_000)}</style>`, `<style>${'a,'.repeat(200_000)}</style>`, `<style>${'@media '.repeat(50_000)}</style>`,
    `<p style="${'a:b;'.repeat(100_000)}">`, `<style>a{b:${'('.repeat(100_000)}</style>`, `<style>${'a{'.repeat(50_000)}</style>`, '<!--'.repeat(100_000), '<a b="'.repeat(100_000), `<p ${'x '.repeat(200_000)}>`, `<style>${'/*'.repeat(200_000)}</style>`,
    '<p style="color:red;width:1px">'.repeat(60_000), `<img srcset="${'a.png 1x,'.repeat(50_000)}">`, '&#'.repeat(200_000),
    // On one line.
    `${'<p>'.repeat(100_000)}${'x'.repeat(8_000_000)}`,
  ];
  for (const html of hostile) {
    const begun = performance.now();
    compatOf(scanHtml(html));
    expect(performance.now() - begun).toBeLessThan(10_000);
  }
}, 60_000);

test('nothing that is written makes it throw', () => {
  const piece = fc.constantFrom('<style>', '</style>', '<p style="', '">', '{', '}', ':', ';', '@media', '(', ')', '/*', '*/', '<!--', '-->', 'a', '--x', '"', "'", '\n', '::before', ':not(', 'url(', '\\', '\0', '&', '!important', 'calc(', '<img src=');
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (parts) => {
    const { compat } = compatOf(scanHtml(parts.join('')));
    expect(compat.clients.length).toBeGreaterThan(30);
  }), { numRuns: 1_000 });
});

test.each(['a[href^="x" i] { color: red }', '@media screen and (max-width: 600px) { .a { width: 100% !important } }', 'u + .body .gmail { display: none }', '@import url("https://fonts.test/a.css");', '.a { background: url(https://shop.test/a.png) no-repeat; mso-line-height-rule: exactly; -webkit-text-size-adjust: 100% }', '@supports (display: grid) { a { gap: 1px } }', 'a { filter: progid:DXImageTransform.Microsoft.gradient(startColorstr="#1") }'])('%s is read without a fault', (css) => {
  expect(compatOf(scanHtml(`<style>${css}</style>`)).css).toEqual({ errors: [], cut: false });
});
