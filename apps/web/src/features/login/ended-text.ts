/** Why the session that was here is over, and what it cost, in sentences. */
import type { SessionPhase } from '@sotto/client/types.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';

/** What stands above the form in which one logs in again. */
export function endedText(
  { login: l }: Catalogue,
  { isEvicted, lost }: Extract<SessionPhase, { kind: 'expired' }>,
): string {
  if (!isEvicted) return l.expired;
  const sentences = [l.evicted];
  if (lost && lost.unsavedKeys === undefined) sentences.push(l.evictedKeysUnknown);
  if (lost?.unsavedKeys) sentences.push(l.evictedKeys(lost.unsavedKeys));
  if (lost?.unsentMessages) sentences.push(l.evictedUnsent(lost.unsentMessages));
  return sentences.join(' ');
}
