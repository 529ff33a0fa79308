import type { VerificationPhase, VerificationRequest, Verifications } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions } from '@sotto/ui/dialog/dialog.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useState } from 'react';
import { problemOf } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { type Act, useAct } from '../../observe/use-act.ts';
import { ChooseStep } from './choose-step.tsx';
import { EmojiStep } from './emoji-step.tsx';
import { ScanStep } from './scan-step.tsx';
import { Step } from './step.tsx';
import css from './verification.module.css';
import type { Wanted } from './wanted.ts';

/** What came of scanning: the session's phases don't tell it from other ways. */
export type Scanned = 'right' | 'wrong';

export interface VerificationDialogProps {
  request: VerificationRequest;
  verifications: Verifications;
  scanned: Scanned | undefined;
  onScanned(scanned: Scanned): void;
  onAgain(wanted: Wanted): void;
}

/** Where a verification stands, and the one next thing to do (features C1, C2). Draw it with a key for each phase. */
export function VerificationDialog({ request, verifications, scanned, onScanned, onAgain }: VerificationDialogProps) {
  const { phase } = request;
  const act = useAct();
  const { id } = request;
  const cancel = () => act.run(() => verifications.cancel(id));
  const dismiss = () => verifications.dismiss(id);
  const confirm = () => act.run(() => verifications.confirm(id));
  const mismatch = () => act.run(() => verifications.mismatch(id));
  switch (phase.kind) {
    case 'incoming':
      return null;
    case 'waiting':
      return <WaitingStep request={request} phase={phase} scanned={scanned} act={act} onCancel={cancel} />;
    case 'choosing':
      return (
        <Choosing
          request={request}
          phase={phase}
          act={act}
          scan={(bytes) => scanCode(verifications, id, bytes).then(onScanned)}
          onEmoji={() => act.run(() => verifications.startEmoji(id))}
          onCancel={cancel}
        />
      );
    case 'emoji':
      return (
        <EmojiStep
          request={request}
          phase={phase}
          act={act}
          onMatch={confirm}
          onMismatch={mismatch}
          onCancel={cancel}
        />
      );
    case 'scanned':
      return <ScannedStep request={request} act={act} onYes={confirm} onNo={mismatch} onCancel={cancel} />;
    case 'done':
      return <DoneStep request={request} onClose={dismiss} />;
    case 'cancelled':
      return (
        <EndedStep
          request={request}
          why={scanned === 'wrong' ? 'wrong-code' : phase.why}
          onClose={dismiss}
          onAgain={() => {
            dismiss();
            onAgain(wantedAgain(request));
          }}
        />
      );
  }
}

function wantedAgain({ isOwnSession, other, deviceId }: VerificationRequest): Wanted {
  if (!isOwnSession) return { userId: other.userId };
  return deviceId === undefined ? {} : { deviceId };
}

/** Resolves with what came of it; fails when the code was none of ours and one can look on. */
function scanCode(verifications: Verifications, id: string, bytes: Uint8Array): Promise<Scanned> {
  return verifications.scan(id, bytes).then(
    () => 'right',
    (error: unknown) => {
      if (problemOf(error).kind === 'wrong-code') return 'wrong';
      throw error;
    },
  );
}

interface ChoosingProps {
  request: VerificationRequest;
  phase: Extract<VerificationPhase, { kind: 'choosing' }>;
  act: Act;
  scan(bytes: Uint8Array): Promise<void>;
  onEmoji(): void;
  onCancel(): void;
}

/** The choice, or the camera. */
function Choosing({ scan, ...props }: ChoosingProps) {
  const [isScanning, setScanning] = useState(false);
  if (!isScanning || !props.phase.canScan)
    return <ChooseStep key="choose" {...props} onScan={() => setScanning(true)} />;
  return (
    <ScanStep
      key="scan"
      request={props.request}
      scan={scan}
      canEmoji={props.phase.canEmoji}
      onEmoji={props.onEmoji}
      onBack={() => setScanning(false)}
    />
  );
}

interface WaitingStepProps {
  request: VerificationRequest;
  scanned: Scanned | undefined;
  phase: Extract<VerificationPhase, { kind: 'waiting' }>;
  act: Act;
  onCancel(): void;
}

function WaitingStep({ request, phase, scanned, act, onCancel }: WaitingStepProps) {
  const { t } = useWords();
  const v = t.verification;
  const name = request.other.displayName;
  const texts = request.isOwnSession
    ? { answer: v.waitingOwnText, confirmation: scanned ? v.scanDoneOwn : v.waitingOwnConfirm }
    : { answer: v.waitingText(name), confirmation: scanned ? v.scanDone(name) : v.waitingConfirm };
  // What was pressed stays in its place: who presses twice, or as the other side does, must not meet "Cancel" there.
  const pressed = phase.for === 'start' ? v.startEmoji : phase.for === 'confirmation' && !scanned ? v.match : undefined;
  return (
    <Step title={request.isOwnSession ? v.waitingOwnTitle : v.waitingTitle(name)} act={act} onClose={onCancel}>
      <p className={css.soft} role="status">
        {phase.for === 'start' ? v.waitingStart : texts[phase.for]}
      </p>
      <Actions>
        <Button
          kind={pressed === undefined ? 'plain' : 'quiet'}
          busy={act.isBusy}
          onClick={onCancel}
          {...(pressed === undefined && { 'data-autofocus': true })}
        >
          {t.app.cancel}
        </Button>
        {pressed !== undefined && (
          <Button kind="primary" busy data-autofocus>
            {pressed}
          </Button>
        )}
      </Actions>
    </Step>
  );
}

interface ScannedStepProps {
  request: VerificationRequest;
  act: Act;
  onYes(): void;
  onNo(): void;
  onCancel(): void;
}

function ScannedStep({ request, act, onYes, onNo, onCancel }: ScannedStepProps) {
  const { t } = useWords();
  const v = t.verification;
  return (
    <Step title={v.scannedTitle} act={act} isAlert onClose={onCancel}>
      <p className={css.soft}>{request.isOwnSession ? v.scannedOwnText : v.scannedText(request.other.displayName)}</p>
      <Actions>
        <Button onClick={onNo}>{v.scannedNo}</Button>
        <Button kind="primary" busy={act.isBusy} onClick={onYes}>
          {v.scannedYes}
        </Button>
      </Actions>
    </Step>
  );
}

function DoneStep({ request, onClose }: { request: VerificationRequest; onClose(): void }) {
  const { t } = useWords();
  const v = t.verification;
  const title = request.isOwnSession ? v.doneOwnTitle : v.doneTitle(request.other.displayName);
  return (
    <Step title={title} onClose={onClose}>
      <span className={css.good}>
        <Icon name="shield-check" />
      </span>
      <p className={css.soft}>{request.isOwnSession ? v.doneOwnText : v.doneText}</p>
      <Actions>
        <Button kind="primary" onClick={onClose} data-autofocus>
          {v.done}
        </Button>
      </Actions>
    </Step>
  );
}

interface EndedStepProps {
  request: VerificationRequest;
  why: Extract<VerificationPhase, { kind: 'cancelled' }>['why'] | 'wrong-code';
  onClose(): void;
  onAgain(): void;
}

/** It didn't work; a mismatch says what that can mean (security.md A12). */
function EndedStep({ request, why, onClose, onAgain }: EndedStepProps) {
  const { t } = useWords();
  const v = t.verification;
  const title = request.isOwnSession ? v.endedOwnTitle : v.endedTitle(request.other.displayName);
  return (
    <Step title={title} isAlert onClose={onClose}>
      {why === 'mismatch' ? <Mismatch request={request} /> : <p className={css.soft}>{v.ended[why]}</p>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.app.close}
        </Button>
        {why !== 'elsewhere' && (
          <Button kind="primary" onClick={onAgain}>
            {v.again}
          </Button>
        )}
      </Actions>
    </Step>
  );
}

/** What was seen was different: between two people somebody may read along, between own sessions one may be a stranger's. */
function Mismatch({ request: { isOwnSession, isAfterChange } }: { request: VerificationRequest }) {
  const { t } = useWords();
  const v = t.verification;
  return (
    <>
      <span className={css.bad}>
        <Icon name="shield-alert" />
      </span>
      <p>{isOwnSession ? v.mismatchOwn : v.mismatch}</p>
      <ul className={css.reasons}>
        <li>{isOwnSession ? v.mismatchOwnEarlier : v.mismatchEarlier}</li>
        <li>{isOwnSession ? v.mismatchOwnBetween : v.mismatchBetween}</li>
      </ul>
      <p>
        {isAfterChange && v.mismatchChanged} {isOwnSession ? v.mismatchOwnDo : v.mismatchDo}
      </p>
    </>
  );
}
