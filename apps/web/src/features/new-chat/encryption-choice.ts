/** Whether a new room is to be encrypted, as far as the organisation leaves that open (features A1, A5). */
import type { EncryptionRule } from '@sotto/client/trust-types.ts';

export interface EncryptionChoice {
  /** How the switch stands at first. */
  isOn: boolean;
  /** It stays so: the organisation has decided. */
  isFixed: boolean;
}

/**
 * A private room begins as encrypted, whatever the server says short of forbidding it: `optional` leaves it to the person
 * to turn that off, for the server that says so may be one that lies (security.md, A4).
 */
export function encryptionChoice(rule: EncryptionRule = 'default'): EncryptionChoice {
  return { isOn: rule !== 'forbidden', isFixed: rule === 'forced' || rule === 'forbidden' };
}
