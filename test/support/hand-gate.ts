/** A gate that a test moves by hand, for tests of the queue behind it: the real one is tested in server/gate. */
import type { Gate } from '../../server/gate/gate.ts';
import type { Held } from '../../server/mail/recipient.ts';

export function handGate() {
  const hearers = new Set<() => void>();
  const refused = new Map<string, Held>();
  let open = true;
  const judge = (_stream: string, address: string): Held | null => refused.get(address) ?? null;
  const gate: Pick<Gate, 'shut' | 'judge' | 'judgeAgain' | 'interceptOf' | 'onChange'> = {
    shut: () => (open ? null : { why: 'stopped', text: 'Real delivery was stopped by ann' }),
    judge, judgeAgain: judge,
    interceptOf: () => null,
    onChange(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
  return {
    ...gate,
    set(isOpen: boolean): void {
      open = isOpen;
      for (const hear of hearers) hear();
    },
    refuse(address: string, held: Held = { reason: 'not-allowed', text: `${address} is not on the allow list` }): void {
      refused.set(address, held);
    },
    allow: (address: string) => void refused.delete(address),
  };
}
export type HandGate = ReturnType<typeof handGate>;
