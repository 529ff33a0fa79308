import type { VerificationPhase, VerificationRequest } from '@sotto/client/trust-types.ts';
import { Button, TextButton } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { verificationEmoji } from '../../i18n/verification-emoji.ts';
import { useWords } from '../../i18n/words.tsx';
import type { Act } from '../../observe/use-act.ts';
import css from './verification.module.css';

export interface EmojiStepProps {
  request: VerificationRequest;
  phase: Extract<VerificationPhase, { kind: 'emoji' }>;
  act: Act;
  onMatch(): void;
  onMismatch(): void;
  onCancel(): void;
}

/**
 * Seven emoji with their names, or the same as three numbers. A click beside it ends nothing, and the focus begins at what
 * is to be compared: who presses Enter once too often has answered nothing.
 */
export function EmojiStep({ request, phase, act, onMatch, onMismatch, onCancel }: EmojiStepProps) {
  const { t, language } = useWords();
  const v = t.verification;
  const [isNumbers, setNumbers] = useState(false);
  const title = request.isOwnSession ? v.emojiOwnTitle : v.emojiTitle(request.other.displayName);
  const { decimals } = phase;
  return (
    <Dialog kind="alert" title={title} closeLabel={t.app.close} onClose={onCancel}>
      <p className={css.soft}>{v.emojiText}</p>
      {isNumbers && decimals ? (
        <ol className={css.numbers} aria-label={v.numbersList} tabIndex={-1}>
          {decimals.map((number, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the numbers of one verification never move
            <li key={index}>{number}</li>
          ))}
        </ol>
      ) : (
        <ol className={css.emoji} aria-label={v.emojiList} tabIndex={-1} data-autofocus>
          {phase.ids.map((id, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one emoji can come twice, and none moves
            <li key={index}>
              <span aria-hidden="true">{verificationEmoji[id]?.emoji}</span>
              {verificationEmoji[id]?.[language]}
            </li>
          ))}
        </ol>
      )}
      {decimals && (
        <TextButton onClick={() => setNumbers(!isNumbers)}>{isNumbers ? v.useEmoji : v.useNumbers}</TextButton>
      )}
      {act.problem && <Fault>{problemText(t, act.problem)}</Fault>}
      <Actions>
        <Button kind="quiet" onClick={onCancel}>
          {t.app.cancel}
        </Button>
        <Button onClick={onMismatch}>{v.noMatch}</Button>
        <Button kind="primary" busy={act.isBusy} onClick={onMatch}>
          {v.match}
        </Button>
      </Actions>
    </Dialog>
  );
}
