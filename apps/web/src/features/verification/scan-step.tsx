import type { VerificationRequest } from '@sotto/client/trust-types.ts';
import type { Problem } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { Step } from './step.tsx';
import { type ScannerState, useScanner } from './use-scanner.ts';
import css from './verification.module.css';

export interface ScanStepProps {
  request: VerificationRequest;
  /** Takes what was read; fails with a problem, and then one looks on. */
  scan(bytes: Uint8Array): Promise<void>;
  canEmoji: boolean;
  onEmoji(): void;
  onBack(): void;
}

/** The camera looks for the code of the other screen. Whatever is wrong with it, emoji stay a way (features C2). */
export function ScanStep({ request, scan, canEmoji, onEmoji, onBack }: ScanStepProps) {
  const { t } = useWords();
  const v = t.verification;
  const [problem, setProblem] = useState<Problem>();
  const { state, video, retry } = useScanner(async (bytes) => {
    setProblem(undefined);
    await scan(bytes).catch((error: unknown) => setProblem(problemOf(error)));
  });
  const canRetry = state === 'refused' || state === 'busy';
  return (
    <Step title={request.isOwnSession ? v.scanOwnTitle : v.scanTitle(request.other.displayName)} onClose={onBack}>
      {isFault(state) ? (
        <div className={css.noCamera} role="alert">
          <Icon name="alert" />
          <p>{v.camera[state]}</p>
        </div>
      ) : (
        <>
          <div className={css.view} aria-hidden="true">
            <video ref={video} muted playsInline />
          </div>
          <p className={css.soft} role="status">
            {state === 'asking' ? v.cameraAsking : v.scanText}
          </p>
        </>
      )}
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button kind="quiet" onClick={onBack} data-autofocus>
          {t.app.back}
        </Button>
        {canRetry && <Button onClick={retry}>{t.app.retry}</Button>}
        {canEmoji && <Button onClick={onEmoji}>{v.startEmoji}</Button>}
      </Actions>
    </Step>
  );
}

function isFault(state: ScannerState): state is Exclude<ScannerState, 'asking' | 'live'> {
  return state !== 'asking' && state !== 'live';
}
