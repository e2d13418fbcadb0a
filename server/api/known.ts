/** The keys that a schema takes at a place, to name the nearest one where another was said. */
import type { z } from '@hono/zod-openapi';

type Inner = z.core.$ZodType;
type Def = { type: string; shape?: Record<string, Inner>; innerType?: Inner; element?: Inner; valueType?: Inner; options?: Inner[]; in?: Inner };

const defOf = (schema: Inner): Def => schema._zod.def as unknown as Def;

/** Of every branch, where several may be meant. */
export function knownAt(schema: Inner, path: readonly PropertyKey[]): string[] {
  let here = plain(schema);
  for (const key of path) here = here.flatMap((one) => step(one, key)).flatMap(plain);
  return [...new Set(here.flatMap((one) => Object.keys(defOf(one).shape ?? {})))];
}

/** Without what only wraps it. */
function plain(schema: Inner): Inner[] {
  const { innerType, options, in: before } = defOf(schema);
  if (options) return options.flatMap(plain);
  const within = innerType ?? before;
  return within ? plain(within) : [schema];
}

function step(schema: Inner, key: PropertyKey): Inner[] {
  const { shape, element, valueType } = defOf(schema);
  const next = shape ? (Object.hasOwn(shape, String(key)) ? shape[String(key)] : undefined) : element ?? valueType;
  return next ? [next] : [];
}
