import type { VerificationPhase, VerificationRequest } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { type DrawnCode, drawCode } from '@sotto/ui/code/code.ts';
import { Actions } from '@sotto/ui/dialog/dialog.tsx';
import { useEffect, useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import type { Act } from '../../observe/use-act.ts';
import { Step } from './step.tsx';
import css from './verification.module.css';

export interface ChooseStepProps {
  request: VerificationRequest;
  phase: Extract<VerificationPhase, { kind: 'choosing' }>;
  act: Act;
  onEmoji(): void;
  onScan(): void;
  onCancel(): void;
}

/** Both are there: the own code to be scanned, the camera for theirs, and emoji for everyone else (features C1, C2). */
export function ChooseStep({ request, phase, act, onEmoji, onScan, onCancel }: ChooseStepProps) {
  const { t } = useWords();
  const v = t.verification;
  const { isOwnSession, other } = request;
  const { canEmoji, canScan, qr } = phase;
  const code = useCode(qr);
  const hasCodes = canScan || qr !== undefined;
  const where = isOwnSession ? v.chooseOwnText : v.chooseText;
  const emojiHint = isOwnSession ? v.emojiOwnHint : v.emojiHint;
  const elsewhere = isOwnSession ? v.otherOwnChooses : v.otherChooses;
  return (
    <Step title={isOwnSession ? v.chooseOwnTitle : v.chooseTitle(other.displayName)} act={act} onClose={onCancel}>
      <p className={css.soft}>{hasCodes ? (isOwnSession ? v.codeOwnText : v.codeText) : where}</p>
      {!hasCodes && <p className={css.soft}>{canEmoji ? emojiHint : elsewhere}</p>}
      {code && (
        <figure className={css.shown}>
          <svg className={css.code} viewBox={`0 0 ${code.size} ${code.size}`} role="img" aria-label={v.codeLabel}>
            <path d={code.path} />
          </svg>
          <figcaption className={css.note}>
            {isOwnSession ? v.codeOwnCaption : v.codeCaption(other.displayName)}
          </figcaption>
        </figure>
      )}
      <Actions>
        <Button kind="quiet" onClick={onCancel} data-autofocus={canEmoji ? undefined : true}>
          {t.app.cancel}
        </Button>
        {canScan && (
          <Button icon="qr" onClick={onScan}>
            {v.scan}
          </Button>
        )}
        {canEmoji && (
          <Button kind="primary" busy={act.isBusy} onClick={onEmoji} data-autofocus>
            {v.startEmoji}
          </Button>
        )}
      </Actions>
    </Step>
  );
}

/** The drawing of a code; without it, as when what draws can't be loaded, there are the other ways. */
function useCode(bytes: Uint8Array | undefined): DrawnCode | undefined {
  const [code, setCode] = useState<DrawnCode>();
  useEffect(() => {
    if (!bytes) return setCode(undefined);
    let isCurrent = true;
    drawCode(bytes).then(
      (drawn) => isCurrent && setCode(drawn),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [bytes]);
  return code;
}
