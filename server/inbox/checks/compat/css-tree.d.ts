/** As much of css-tree as is used here; the package brings no types of its own. */
declare module 'css-tree/parser' {
  export type CssNode = {
    type: string;
    loc?: { start: { line: number } } | null;
    name?: string | CssNode;
    property?: string;
    unit?: string;
    value?: unknown;
    important?: boolean | string;
    prelude?: CssNode | null;
    children?: { size: number; forEach(each: (node: CssNode) => void): void } | null;
  };
  export default function parse(text: string, options?: {
    context?: 'stylesheet' | 'declarationList';
    positions?: boolean;
    line?: number;
    parseCustomProperty?: boolean;
    onComment?: (value: string, loc: { start: { line: number } }) => void;
    onParseError?: (error: { message: string; line?: number }, skipped?: CssNode) => void;
  }): CssNode;
}

declare module 'css-tree/walker' {
  import type { CssNode } from 'css-tree/parser';
  type Context = { rule: CssNode | null; atrule: CssNode | null; declaration: CssNode | null };
  export default function walk(tree: CssNode, visit: { enter: (this: Context, node: CssNode) => void; leave?: (this: Context, node: CssNode) => void }): void;
}
