/** Each transaction writes its number here, and changes one slot. */
export const SEQUENCE_KEY = 'sequence';

const SLOTS = 12;
const REMOVE_EVERY = 5;
const LONGEST_BYTES = 40 * 1024;

export const SLOT_KEYS = Array.from({ length: SLOTS }, (_, slot) => `slot-${slot}`);

export function slotOf(sequence: number): string {
  return SLOT_KEYS[sequence % SLOTS]!;
}

/** What a transaction leaves in its slot; every fifth removes what is there. */
export function contentOf(sequence: number): string | undefined {
  if (sequence % REMOVE_EVERY === 0) return undefined;
  const text = `written by ${sequence};`;
  return text.repeat(1 + ((sequence * 7_919) % Math.floor(LONGEST_BYTES / text.length)));
}

/** What every slot holds after the transactions 1 to `sequence`, and no other. */
export function slotsAfter(sequence: number): Map<string, string | undefined> {
  const first = Math.max(1, sequence - SLOTS + 1);
  const slots = new Map<string, string | undefined>(SLOT_KEYS.map((key) => [key, undefined]));
  for (let each = first; each <= sequence; each += 1) slots.set(slotOf(each), contentOf(each));
  return slots;
}
