import type { Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { TextField } from '@sotto/ui/field/field.tsx';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { byWays, type ShownSecret, typedBack, waysOf, wrongGroup } from './recovery-model.ts';
import { useTypedSecret } from './use-typed-secret.ts';

export interface ConfirmStepProps {
  recovery: Pick<Recovery, 'confirm' | 'get'>;
  shown: ShownSecret | undefined;
  onShowAgain(): void;
  onMakeNew(): void;
  onDone(): void;
  onClose(): void;
}

/** Only who can type it back has saved it (features B2). */
export function ConfirmStep({ recovery, shown, onShowAgain, onMakeNew, onDone, onClose }: ConfirmStepProps) {
  const { t } = useWords();
  const r = t.recovery;
  const { run, clear, isBusy, problem } = useAct();
  const { value, isEmpty, onValue, submit } = useTypedSecret({
    onGive: (typed) => run(() => recovery.confirm(shown ? typedBack(shown, typed) : typed), onDone),
    onEdit: clear,
  });
  const wrong = () => {
    const group = shown?.recoveryKey !== undefined && !shown.password && wrongGroup(shown.recoveryKey, value);
    return group ? r.wrongGroup(group) : shown ? r.wrongTyped : r.unlockWrong;
  };
  const fault = isEmpty
    ? r.confirmEmpty
    : problem && (problem.kind === 'wrong-key' ? wrong() : problemText(t, problem));
  const ways = shown
    ? { key: shown.recoveryKey !== undefined, password: shown.password !== undefined }
    : waysOf(recovery.get());
  const canShow = shown !== undefined && (shown.recoveryKey !== undefined || !shown.isOwnPassword);
  return (
    <Dialog title={r.confirmTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p className={css.soft}>{shown ? r.confirmText : r.confirmAfterReload}</p>
        {shown?.isUnanswered && <p className={css.soft}>{r.unanswered}</p>}
        <TextField
          label={byWays(ways, { key: r.key, password: r.password, both: r.either })}
          name="recovery"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={value}
          onValue={onValue}
          fault={fault}
        />
        <Actions>
          <Button kind="quiet" onClick={canShow ? onShowAgain : onMakeNew}>
            {canShow ? r.showAgain : r.makeNew}
          </Button>
          <Button kind="primary" type="submit" busy={isBusy}>
            {r.next}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
