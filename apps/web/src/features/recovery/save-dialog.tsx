import type { Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Choices } from '@sotto/ui/choices/choices.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useState } from 'react';
import { problemOf } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { ClosedBackupStep } from './closed-backup-step.tsx';
import { ConfirmStep } from './confirm-step.tsx';
import { PasswordStep } from './password-step.tsx';
import css from './recovery.module.css';
import { byWays, notMadeText, type ShownSecret } from './recovery-model.ts';
import { SecretView } from './secret-view.tsx';

export interface SaveDialogProps {
  recovery: Recovery;
  /** Whose messages they are, for the file. */
  account: string;
  /** What an earlier try showed. */
  shown: ShownSecret | undefined;
  onShown(shown: ShownSecret | undefined): void;
  /** A new one is wanted, although there is one. */
  isChange?: boolean;
  onClose(): void;
}

type Way = 'key' | 'password' | 'both';
type Step = 'choose' | 'password' | 'closed' | 'show' | 'confirm' | 'done';
type Password = { text: string; isOwn: boolean };

/** Choose, see, save, type back (features B2, B3, B5). It can be left at any step and taken up again. */
export function SaveDialog(props: SaveDialogProps) {
  const { recovery, shown, onShown, isChange = false, onClose } = props;
  const [step, setStep] = useState<Step>(() => firstStep(props));
  const [way, setWay] = useState<Way>('key');
  const [chosen, setChosen] = useState<Password>();
  const making = useAct();
  const make = (password?: Password, leaveBackup = false) => {
    const choice = { withKey: way !== 'password', ...(password && { withPassword: password.text }), leaveBackup };
    const isSetUp = recovery.get().kind !== 'not-set-up';
    setChosen(password);
    making.run(
      () =>
        (isSetUp ? recovery.change(choice) : recovery.setUp(choice)).catch((error: unknown) => {
          if (problemOf(error).kind === 'closed-backup') setStep('closed');
          throw error;
        }),
      ({ recoveryKey, isUnanswered }) => {
        onShown({
          ...(recoveryKey !== undefined && { recoveryKey }),
          ...(password && { password: password.text, isOwnPassword: password.isOwn }),
          ...(isUnanswered && { isUnanswered }),
        });
        setStep(recoveryKey === undefined && password?.isOwn ? 'confirm' : 'show');
      },
    );
  };
  switch (step) {
    case 'choose':
      return (
        <ChooseStep
          way={way}
          onWay={setWay}
          isChange={isChange}
          making={making}
          onNext={() => (way === 'key' ? make() : setStep('password'))}
          onClose={onClose}
        />
      );
    case 'password':
      return (
        <PasswordStep
          recovery={recovery}
          making={making}
          onMake={make}
          onBack={() => setStep('choose')}
          onClose={onClose}
        />
      );
    case 'closed':
      return (
        <ClosedBackupStep
          recovery={recovery}
          making={making}
          onMake={(leaveBackup) => make(chosen, leaveBackup)}
          onClose={onClose}
        />
      );
    case 'show':
      return shown ? <ShowStep {...props} shown={shown} onNext={() => setStep('confirm')} /> : null;
    case 'confirm':
      return (
        <ConfirmStep
          recovery={recovery}
          shown={shown}
          onShowAgain={() => setStep('show')}
          onMakeNew={() => setStep('choose')}
          onDone={() => {
            onShown(undefined);
            setStep('done');
          }}
          onClose={onClose}
        />
      );
    case 'done':
      return <DoneStep onClose={onClose} />;
  }
}

/** Where a set-up that was left goes on: with what was shown, or, after a reload, with the question whether it was saved. */
function firstStep({ recovery, shown, isChange }: SaveDialogProps): Step {
  if (shown && (shown.recoveryKey !== undefined || !shown.isOwnPassword)) return 'show';
  if (shown) return 'confirm';
  return !isChange && recovery.get().kind === 'unsaved' ? 'confirm' : 'choose';
}

interface ChooseStepProps {
  way: Way;
  onWay(way: Way): void;
  isChange: boolean;
  making: ReturnType<typeof useAct>;
  onNext(): void;
  onClose(): void;
}

function ChooseStep({ way, onWay, isChange, making, onNext, onClose }: ChooseStepProps) {
  const { t } = useWords();
  const r = t.recovery;
  return (
    <Dialog key="choose" title={r.chooseTitle} closeLabel={t.app.close} onClose={onClose}>
      <p className={css.soft}>{isChange ? r.changeText : r.chooseText}</p>
      <Choices<Way>
        label={r.chooseTitle}
        value={way}
        onValue={onWay}
        options={[
          { value: 'key', label: r.key, help: r.keyHelp },
          { value: 'password', label: r.password, help: r.passwordHelp },
          { value: 'both', label: r.both, help: r.bothHelp },
        ]}
      />
      {making.problem && <Fault>{notMadeText(t, making.problem)}</Fault>}
      <Actions>
        <Button kind="quiet" onClick={onClose}>
          {r.later}
        </Button>
        <Button kind="primary" busy={making.isBusy} onClick={onNext} data-autofocus>
          {r.next}
        </Button>
      </Actions>
    </Dialog>
  );
}

function ShowStep({ shown, account, onNext, onClose }: SaveDialogProps & { shown: ShownSecret; onNext(): void }) {
  const { t } = useWords();
  const r = t.recovery;
  const ways = { key: shown.recoveryKey !== undefined, password: shown.password !== undefined && !shown.isOwnPassword };
  const title = byWays(ways, { key: r.saveTitleKey, password: r.saveTitlePassword, both: r.saveTitleBoth });
  return (
    <Dialog key="show" kind="alert" title={title} closeLabel={t.app.close} onClose={onClose}>
      <p className={css.soft}>{r.saveText}</p>
      <SecretView shown={shown} account={account} />
      {shown.isUnanswered && <p className={css.soft}>{r.unanswered}</p>}
      <Actions>
        <Button kind="quiet" onClick={onClose}>
          {r.later}
        </Button>
        <Button kind="primary" onClick={onNext} data-autofocus>
          {r.saved}
        </Button>
      </Actions>
    </Dialog>
  );
}

function DoneStep({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  return (
    <Dialog key="done" title={t.recovery.doneTitle} closeLabel={t.app.close} onClose={onClose}>
      <span className={css.sign}>
        <Icon name="check" />
      </span>
      <p className={css.soft}>{t.recovery.doneText}</p>
      <Actions>
        <Button kind="primary" onClick={onClose} data-autofocus>
          {t.recovery.done}
        </Button>
      </Actions>
    </Dialog>
  );
}
