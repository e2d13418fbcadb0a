/** A tag that is set: words for lists and filters, so nothing that cannot be seen. */
import { z } from '@hono/zod-openapi';

export const tagInput = z.string().min(1).max(100)
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  .refine((tag) => !/[\x00-\x1f\x7f]/.test(tag), 'must not hold control characters')
  .refine((tag) => tag === '' || tag.trim() !== '', 'must not be blank');
