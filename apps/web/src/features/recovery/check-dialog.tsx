import type { Recovery, RecoveryWays } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { TextField } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { type FormEvent, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { byWays } from './recovery-model.ts';

export interface CheckDialogProps {
  recovery: Pick<Recovery, 'check'>;
  ways: RecoveryWays;
  onClose(): void;
}

/** Proves that what was saved still works, and changes nothing (features B7). */
export function CheckDialog({ recovery, ways, onClose }: CheckDialogProps) {
  const { t } = useWords();
  const r = t.recovery;
  const [typed, setTyped] = useState('');
  const [answer, setAnswer] = useState<{ opensBackup: boolean }>();
  const { run, clear, isBusy, problem } = useAct();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() !== '') run(() => recovery.check(typed), setAnswer);
  };
  const fault = problem && (problem.kind === 'wrong-key' ? r.unlockWrong : problemText(t, problem));
  return (
    <Dialog title={r.checkTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <TextField
          label={byWays(ways, { key: r.key, password: r.password, both: r.either })}
          type="password"
          autoComplete="off"
          reveal={{ show: t.login.show, hide: t.login.hide }}
          data-autofocus
          help={r.checkText}
          value={typed}
          onValue={(value) => {
            setTyped(value);
            setAnswer(undefined);
            clear();
          }}
          fault={fault}
        />
        <div role="status">
          {answer && (
            <p className={css.state}>
              <Icon name={answer.opensBackup ? 'check' : 'info'} />
              {answer.opensBackup ? r.checkRight : r.checkNoBackup}
            </p>
          )}
        </div>
        <Actions>
          <Button kind="quiet" onClick={onClose}>
            {t.app.close}
          </Button>
          <Button kind="primary" type="submit" busy={isBusy}>
            {r.checkNow}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
