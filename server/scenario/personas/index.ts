/** The built-in personas, `plain` first. Data: a user can read, copy and change each. */
import type { Persona } from '../../../sdk/contract.ts';
import { comcast } from './comcast.ts';
import { flaky } from './flaky.ts';
import { barracuda, mimecast, proofpoint } from './gateways.ts';
import { gmail } from './gmail.ts';
import { gmx } from './gmx.ts';
import { icloud } from './icloud.ts';
import { microsoft365, outlook } from './microsoft.ts';
import { plain } from './plain.ts';
import { qq } from './qq.ts';
import { strict } from './strict.ts';
import { yahoo } from './yahoo.ts';

export const PERSONAS: readonly Persona[] = [plain, gmail, outlook, microsoft365, yahoo, icloud, comcast, gmx, proofpoint, mimecast, barracuda, qq, strict, flaky];
