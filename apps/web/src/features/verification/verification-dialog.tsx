import type { VerificationPhase, VerificationRequest, Verifications } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import type { ReactNode } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { type Act, useAct } from '../../observe/use-act.ts';
import { EmojiStep } from './emoji-step.tsx';
import css from './verification.module.css';
import type { Wanted } from './wanted.ts';

export interface VerificationDialogProps {
  request: VerificationRequest;
  verifications: Verifications;
  onAgain(wanted: Wanted): void;
}

/** Where a verification stands, and the one next thing to do (features C1). Draw it with a key for each phase. */
export function VerificationDialog({ request, verifications, onAgain }: VerificationDialogProps) {
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
      return <WaitingStep request={request} phase={phase} act={act} onCancel={cancel} />;
    case 'choosing':
      return (
        <ChooseStep
          request={request}
          canEmoji={phase.canEmoji}
          act={act}
          onStart={() => act.run(() => verifications.startEmoji(id))}
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
      return <ScannedStep act={act} onYes={confirm} onNo={mismatch} onCancel={cancel} />;
    case 'done':
      return <DoneStep request={request} onClose={dismiss} />;
    case 'cancelled':
      return (
        <EndedStep
          request={request}
          why={phase.why}
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

interface StepProps {
  title: string;
  act?: Act;
  isAlert?: boolean;
  onClose(): void;
  children: ReactNode;
}

function Step({ title, act, isAlert = false, onClose, children }: StepProps) {
  const { t } = useWords();
  return (
    <Dialog kind={isAlert ? 'alert' : 'dialog'} title={title} closeLabel={t.app.close} onClose={onClose}>
      {act?.problem && <Fault>{problemText(t, act.problem)}</Fault>}
      {children}
    </Dialog>
  );
}

interface WaitingStepProps {
  request: VerificationRequest;
  phase: Extract<VerificationPhase, { kind: 'waiting' }>;
  act: Act;
  onCancel(): void;
}

function WaitingStep({ request, phase, act, onCancel }: WaitingStepProps) {
  const { t } = useWords();
  const v = t.verification;
  const name = request.other.displayName;
  const texts = {
    answer: request.isOwnSession ? v.waitingOwnText : v.waitingText(name),
    start: v.waitingStart,
    confirmation: v.waitingConfirm,
  };
  return (
    <Step title={request.isOwnSession ? v.waitingOwnTitle : v.waitingTitle(name)} act={act} onClose={onCancel}>
      <p className={css.soft} role="status">
        {texts[phase.for]}
      </p>
      <Actions>
        <Button busy={act.isBusy} onClick={onCancel} data-autofocus>
          {t.app.cancel}
        </Button>
      </Actions>
    </Step>
  );
}

interface ChooseStepProps {
  request: VerificationRequest;
  canEmoji: boolean;
  act: Act;
  onStart(): void;
  onCancel(): void;
}

function ChooseStep({ request, canEmoji, act, onStart, onCancel }: ChooseStepProps) {
  const { t } = useWords();
  const v = t.verification;
  const title = request.isOwnSession ? v.chooseOwnTitle : v.chooseTitle(request.other.displayName);
  return (
    <Step title={title} act={act} onClose={onCancel}>
      <p className={css.soft}>{request.isOwnSession ? v.chooseOwnText : v.chooseText}</p>
      <p className={css.soft}>{canEmoji ? v.askText : v.waitingStart}</p>
      <Actions>
        <Button kind="quiet" onClick={onCancel}>
          {t.app.cancel}
        </Button>
        {canEmoji && (
          <Button kind="primary" busy={act.isBusy} onClick={onStart} data-autofocus>
            {v.startEmoji}
          </Button>
        )}
      </Actions>
    </Step>
  );
}

interface ScannedStepProps {
  act: Act;
  onYes(): void;
  onNo(): void;
  onCancel(): void;
}

function ScannedStep({ act, onYes, onNo, onCancel }: ScannedStepProps) {
  const { t } = useWords();
  return (
    <Step title={t.verification.scannedTitle} act={act} isAlert onClose={onCancel}>
      <Actions>
        <Button onClick={onNo}>{t.verification.scannedNo}</Button>
        <Button kind="primary" busy={act.isBusy} onClick={onYes}>
          {t.verification.scannedYes}
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
  why: Extract<VerificationPhase, { kind: 'cancelled' }>['why'];
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
      {why === 'mismatch' ? (
        <>
          <span className={css.bad}>
            <Icon name="shield-alert" />
          </span>
          <p>{v.mismatch}</p>
          <ul className={css.reasons}>
            <li>{v.mismatchEarlier}</li>
            <li>{v.mismatchBetween}</li>
          </ul>
          <p>{v.mismatchDo}</p>
        </>
      ) : (
        <p className={css.soft}>{v.ended[why]}</p>
      )}
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
