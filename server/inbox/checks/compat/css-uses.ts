/**
 * Which CSS features a mail uses, in style sheets and style attributes, by
 * the names that caniemail.com gives them. css-tree reads what is broken as
 * far as it goes and is linear; what is beyond the limits is not looked at.
 */
import parse, { type CssNode } from 'css-tree/parser';
import walk from 'css-tree/walker';
import type { HtmlScan } from '../html-scan.ts';
import { imageUse } from './html-uses.ts';
import { note, type Uses } from './uses.ts';

/** Characters of CSS in all, and style attributes that are read. */
const CSS_LIMIT = 1024 * 1024;
const STYLES_LIMIT = 20_000;

export type CssReading = { errors: { line: number; text: string }[]; cut: boolean };
const ERRORS = 20;

export function cssUses(scan: HtmlScan, uses: Uses, known: ReadonlySet<string>, typeOfCid: (cid: string) => string | undefined): CssReading {
  const reading: CssReading = { errors: [], cut: false };
  let left = CSS_LIMIT;
  const read = (text: string, line: number, context: 'stylesheet' | 'declarationList') => {
    if (text.length > left) {
      reading.cut = true;
      return;
    }
    left -= text.length;
    const failed = (at: number, said: string) => {
      if (reading.errors.length < ERRORS) reading.errors.push({ line: at, text: said });
    };
    try {
      const tree = parse(text, {
        context, positions: context === 'stylesheet', line, parseCustomProperty: true,
        onComment: () => note(uses, 'css-comments', line),
        onParseError: (error, skipped) => {
          const written = typeof skipped?.value === 'string' ? skipped.value.replace(/\s+/g, ' ').slice(0, 80) : '';
          // Filters for old Outlook and Internet Explorer: meant for them, passed over by all others.
          if (!/^progid:|^expression\(/i.test(written)) failed(context === 'stylesheet' ? error.line ?? line : line, written || error.message);
        },
      });
      collect(tree, line, uses, known, typeOfCid);
    } catch (error) {
      failed(line, `it cannot be read (${(error as Error).message})`);
    }
  };
  for (const { text, line } of scan.styles) read(bare(text), line, 'stylesheet');
  let attributes = 0;
  for (const { attributes: given, line } of scan.tags) {
    const style = given.get('style');
    if (style === undefined || style.trim() === '') continue;
    if (++attributes > STYLES_LIMIT) {
      reading.cut = true;
      break;
    }
    read(style, line, 'declarationList');
  }
  return reading;
}

/** Style sheets of old wear HTML comments round them; the lines stay. */
const bare = (text: string): string => text.replace(/^(\s*)<!--/, '$1    ').replace(/-->(\s*)$/, '$1');

const BORDER = /^border(?:-(?:top|right|bottom|left))?(?:-(?:width|style|color))?$/;
/** Properties whose feature has another name. */
const PROPERTIES: readonly [RegExp, string][] = [
  [BORDER, 'css-border'],
  [/^border-(?:top|bottom)-(?:left|right)-radius$/, 'css-border-radius'],
  [/^border-(?:start|end)-(?:start|end)-radius$/, 'css-border-radius-logical'],
  [/^border-image-/, 'css-border-image'],
  [/^border-(?:inline|block)$/, 'css-border-inline-block'],
  [/^border-(?:inline|block)-(?:start|end)(?:-|$)/, 'css-border-inline-block-individual'],
  [/^border-(?:inline|block)-(?:color|style|width)$/, 'css-border-inline-block-longhand'],
  [/^(?:block|inline)-size$/, 'css-block-inline-size'],
  [/^(?:left|right|top|bottom)$/, 'css-left-right-top-bottom'],
  [/^(?:columns|column-(?:fill|rule|span|width)(?:-|$))/, 'css-column-layout-properties'],
  [/^(?:gap|row-gap|column-gap|grid-gap)$/, 'css-gap'],
  [/^grid-template(?:-|$)/, 'css-grid-template'],
  [/^scroll-snap-/, 'css-scroll-snap'],
  [/^overflow-[xy]$/, 'css-overflow'],
  [/^inset-/, 'css-inset'],
  [/^(?:margin|padding)-(?:top|right|bottom|left)$/, ''],
  [/^(?:animation|transition|outline|list-style|text-emphasis)-/, ''],
];

function propertyFeature(property: string, known: ReadonlySet<string>): string | undefined {
  const name = property.replace(/^-(?:webkit|moz|ms|o)-/, '');
  if (known.has(`css-${name}`)) return `css-${name}`;
  const logical = /^(margin|padding)-(inline|block)(-start|-end)?$/.exec(name);
  if (logical) return logical[3] ? `css-${logical[1]!}-${logical[2]!}-start-end` : `css-${logical[1]!}-inline-block`;
  const rule = PROPERTIES.find(([pattern]) => pattern.test(name));
  if (!rule) return undefined;
  return rule[1] === '' ? `css-${/^(list-style|text-emphasis|[a-z]+)/.exec(name)![1]!}` : rule[1];
}

const FUNCTIONS: Record<string, string> = {
  calc: 'css-unit-calc', clamp: 'css-function-clamp', max: 'css-function-max', min: 'css-function-min', 'light-dark': 'css-function-light-dark', var: 'css-variables',
  rgb: 'css-rgb', rgba: 'css-rgba', lch: 'css-modern-color', oklch: 'css-modern-color', lab: 'css-modern-color', oklab: 'css-modern-color',
  'linear-gradient': 'css-linear-gradient', 'radial-gradient': 'css-radial-gradient', 'conic-gradient': 'css-conic-gradient',
};
const KEYWORDS: Record<string, string> = {
  initial: 'css-unit-initial', 'fit-content': 'css-intrinsic-size', 'min-content': 'css-intrinsic-size', 'max-content': 'css-intrinsic-size',
  'system-ui': 'css-sytem-ui', 'ui-serif': 'css-sytem-ui', 'ui-sans-serif': 'css-sytem-ui', 'ui-rounded': 'css-sytem-ui', 'ui-monospace': 'css-sytem-ui',
};
const MEDIA: Record<string, string> = {
  hover: 'hover', 'any-hover': 'hover', orientation: 'orientation', 'prefers-color-scheme': 'prefers-color-scheme', 'prefers-reduced-motion': 'prefers-reduced-motion',
  '-webkit-device-pixel-ratio': 'device-pixel-ratio', '-webkit-min-device-pixel-ratio': 'device-pixel-ratio', '-webkit-max-device-pixel-ratio': 'device-pixel-ratio',
};
const COMBINATORS: Record<string, string> = { ' ': 'descendant', '>': 'child', '+': 'adjacent-sibling', '~': 'general-sibling' };
/** As CSS 2 wrote them, with one colon. */
const OLD_ELEMENTS = new Set(['before', 'after', 'first-line', 'first-letter']);

function collect(tree: CssNode, attributeLine: number, uses: Uses, known: ReadonlySet<string>, typeOfCid: (cid: string) => string | undefined): void {
  let rules = 0;
  walk(tree, {
    enter(node) {
      const line = node.loc?.start.line ?? attributeLine;
      // An attribute selector's name is a node of its own.
      const name = typeof node.name === 'string' ? node.name.toLowerCase() : '';
      switch (node.type) {
        case 'Declaration': {
          const property = node.property!.toLowerCase();
          if (property.startsWith('--')) note(uses, 'css-variables', line);
          const feature = propertyFeature(property, known);
          if (feature !== undefined) note(uses, feature, line);
          if (node.important) note(uses, 'css-important', line);
          break;
        }
        case 'Identifier': {
          const property = this.declaration?.property?.toLowerCase();
          if (property === undefined) break;
          const special = pair(property, name);
          if (special !== undefined) note(uses, special, line);
          if (Object.hasOwn(KEYWORDS, name)) note(uses, KEYWORDS[name]!, line);
          break;
        }
        case 'Dimension': note(uses, `css-unit-${node.unit!.toLowerCase()}`, line); break;
        case 'Percentage': note(uses, 'css-unit-percent', line); break;
        case 'Function': if (Object.hasOwn(FUNCTIONS, name.replace(/^-\w+-|^repeating-/, ''))) note(uses, FUNCTIONS[name.replace(/^-\w+-|^repeating-/, '')]!, line); break;
        case 'Url': if (this.declaration) imageUse(String(node.value), line, uses, typeOfCid); break;
        case 'Atrule': note(uses, `css-at-${name.replace(/^-\w+-/, '')}`, line); break;
        case 'Feature': if (Object.hasOwn(MEDIA, name)) note(uses, `css-at-media-${MEDIA[name]!}`, line); break;
        case 'Rule':
          if (rules++ > 0) note(uses, 'css-nesting', line);
          if ((node.prelude?.children?.size ?? 0) > 1) note(uses, 'css-selector-grouping', line);
          break;
        case 'Selector': selector(node, line, uses); break;
        case 'PseudoClassSelector': note(uses, `css-pseudo-${OLD_ELEMENTS.has(name) ? 'element' : 'class'}-${name}`, line); break;
        case 'PseudoElementSelector': note(uses, `css-pseudo-element-${name.replace(/^-\w+-(?:input-)?/, '')}`, line); break;
      }
    },
    leave(node) {
      if (node.type === 'Rule') rules--;
    },
  });
}

/** Features that are a property with a certain value. */
function pair(property: string, value: string): string | undefined {
  if (property === 'display') return value === 'flex' || value === 'inline-flex' ? 'css-display-flex' : value === 'grid' || value === 'inline-grid' ? 'css-display-grid' : value === 'none' ? 'css-display-none' : undefined;
  return undefined;
}

function selector(node: CssNode, line: number, uses: Uses): void {
  let simple = 0;
  node.children?.forEach(({ type, name }) => {
    if (type === 'Combinator') {
      simple = 0;
      const kind = typeof name === 'string' ? COMBINATORS[name] : undefined;
      if (kind !== undefined) note(uses, `css-selector-${kind}`, line);
      return;
    }
    if (type === 'TypeSelector') note(uses, name === '*' ? 'css-selector-universal' : 'css-selector-type', line);
    else if (type === 'ClassSelector') note(uses, 'css-selector-class', line);
    else if (type === 'IdSelector') note(uses, 'css-selector-id', line);
    else if (type === 'AttributeSelector') note(uses, 'css-selector-attribute', line);
    else return;
    if (++simple === 2) note(uses, 'css-selector-chaining', line);
  });
}
