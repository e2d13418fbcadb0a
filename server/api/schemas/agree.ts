/**
 * Holds the schemas to the wire contract (sdk/contract.ts) at compile time:
 * `agree<typeof schema, Contract>()` compiles only when each is assignable to
 * the other. Optional fields are compared without `undefined`: JSON has none.
 */
import type { z } from '@hono/zod-openapi';

type Tidy<T> = T extends readonly (infer U)[] ? Tidy<U>[]
  : T extends object ? { [K in keyof T]: Tidy<Exclude<T[K], undefined>> }
  : T;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

export const agree = <S extends z.ZodType, C>(..._proof: Same<Tidy<z.output<S>>, Tidy<C>> extends true ? [] : [never]): void => {};
