/** What logging out costs, in sentences. */
import type { Losses, RecoveryState } from '@sotto/client/trust-types.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';

export interface LossesText {
  lost: readonly string[];
  /** What is not lost, and where it is. */
  kept: string | undefined;
  /** Keys of this device are still to be saved, and can be. */
  canSaveKeys: boolean;
  /** Nothing that the person has opens what is saved. */
  needsRecovery: boolean;
}

/** The sentences of the dialog. Where nothing is known (`losses` undefined), the worst is said. */
export function lossesText(t: Catalogue, losses: Losses | undefined, state: RecoveryState['kind']): LossesText {
  const { settings: s, recovery: r } = t;
  const drafts = s.logOutDrafts;
  if (!losses) {
    return { lost: [s.logOutMessages, drafts], kept: s.logOutElsewhere, canSaveKeys: false, needsRecovery: false };
  }
  const { unsavedKeys, hasSavedRecovery, hasOtherSession } = losses;
  const isOpenable = hasSavedRecovery || hasOtherSession;
  const needsRecovery = !hasSavedRecovery && (state === 'not-set-up' || state === 'unsaved');
  const where = hasSavedRecovery ? r.logOutOpens : r.logOutElsewhere;
  const kept = isOpenable ? `${unsavedKeys === 0 ? r.logOutKept : r.logOutKeptRest} ${where}` : undefined;
  if (!isOpenable) return { lost: [r.logOutNoRecovery, drafts], kept, canSaveKeys: false, needsRecovery };
  if (unsavedKeys === undefined) {
    return { lost: [r.logOutUnknown, drafts], kept, canSaveKeys: false, needsRecovery: false };
  }
  if (unsavedKeys === 0) return { lost: [drafts], kept, canSaveKeys: false, needsRecovery: false };
  return { lost: [r.logOutUnsaved(unsavedKeys), drafts], kept, canSaveKeys: true, needsRecovery: false };
}
