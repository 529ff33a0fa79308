/** Whether a new room is to be encrypted, as far as the organisation leaves that open (features A1, A5). */
import type { EncryptionRule } from '@sotto/client/trust-types.ts';

export interface EncryptionChoice {
  /** How the switch stands at first. */
  isOn: boolean;
  /** It stays so: the organisation has decided. */
  isFixed: boolean;
}

/** Until the server has said what the organisation wants, a room is encrypted unless somebody turns that off. */
export function encryptionChoice(rule: EncryptionRule = 'default'): EncryptionChoice {
  return { isOn: rule === 'default' || rule === 'forced', isFixed: rule === 'forced' || rule === 'forbidden' };
}
