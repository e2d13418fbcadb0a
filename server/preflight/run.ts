/**
 * The pre-flight: all checks beside each other, each within a deadline, the
 * worst verdict wins. What nobody answered about is `skip`, never `fail`; but
 * as long as something is not known, the whole is no `pass`.
 */
import type { Clock } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import type { Look, PreflightAsk, PreflightDeps } from './ask.ts';
import { bounded } from './bounded.ts';
import { checkDane } from './dane.ts';
import { checkDkim } from './dkim.ts';
import { checkDmarc } from './dmarc.ts';
import { about } from './finding.ts';
import { checkGate } from './gate.ts';
import { checkHelo } from './helo.ts';
import { checkMtaSts } from './mta-sts.ts';
import { checkMx } from './mx.ts';
import { domainName } from './names.ts';
import { checkPort25 } from './port-25.ts';
import { type Finding, type Preflight, PREFLIGHT_CHECKS, type PreflightCheck } from './preflight.ts';
import { checkPtr } from './ptr.ts';
import { checkReturnPath } from './return-path.ts';
import { checkSpf } from './spf.ts';
import { checkTlsRpt } from './tls-rpt.ts';

/** Of one check. Longer than a resolver that answers slowly needs for a chain of ten. */
const DEADLINE = 60_000;

const CHECKS: Record<PreflightCheck, (look: Look) => Finding[] | Promise<Finding[]>> = {
  gate: checkGate, spf: checkSpf, dkim: checkDkim, dmarc: checkDmarc, mx: checkMx, 'return-path': checkReturnPath,
  ptr: checkPtr, helo: checkHelo, 'mta-sts': checkMtaSts, 'tls-rpt': checkTlsRpt, dane: checkDane, 'port-25': checkPort25,
};

/** Throws OperatorError when a domain is none. */
export async function runPreflight(ask: PreflightAsk, deps: PreflightDeps): Promise<Preflight> {
  const domain = named(ask.domain);
  const returnPath = ask.returnPath === null ? null : named(ask.returnPath);
  const look: Look = {
    ...ask, ...deps, domain, returnPath,
    resolver: bounded(deps.resolver),
    envelope: returnPath ?? domain,
    port25: ask.port25 === null ? null : named(ask.port25),
    signing: { ...ask.signing, domain: ask.signing.domain === null ? domain : named(ask.signing.domain) },
  };
  const at = deps.wall.now();
  const findings = (await Promise.all(PREFLIGHT_CHECKS.map((check) => within(deps.wall, check, CHECKS[check](look))))).flat();
  return { domain, stream: ask.stream, at, verdict: verdictOf(findings), findings };
}

export function verdictOf(findings: readonly Finding[]): Preflight['verdict'] {
  const has = (verdict: Finding['verdict']) => findings.some((finding) => finding.verdict === verdict);
  return has('fail') ? 'fail' : has('warn') || findings.some(({ unanswered }) => unanswered) ? 'warn' : 'pass';
}

function named(text: string): string {
  const name = domainName(text);
  if (name === undefined || !name.includes('.')) throw new OperatorError(`"${text}" is no domain name, like shop.example`);
  return name;
}

async function within(wall: Clock, check: PreflightCheck, findings: Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  let cancel = () => {};
  const late = new Promise<Finding[]>((resolve) => {
    cancel = wall.after(DEADLINE, () => resolve([{ ...about(check, '').skip(`Given up after ${DEADLINE / 1000} s.`), unanswered: true }]));
  });
  try {
    return await Promise.race([findings, late]);
  } finally {
    cancel();
  }
}
