import type { Losses, Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { TextField } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { SkeletonRows } from '@sotto/ui/state/state.tsx';
import { type FormEvent, useEffect, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';

export interface ResetDialogProps {
  recovery: Pick<Recovery, 'lossesOfReset' | 'resetIdentity'>;
  onReset(): void;
  onClose(): void;
}

/** First what is lost, then the account password, then a new identity (features B6). */
export function ResetDialog({ recovery, onReset, onClose }: ResetDialogProps) {
  const { t } = useWords();
  const r = t.recovery;
  const [losses, setLosses] = useState<Losses>();
  const [password, setPassword] = useState('');
  const looking = useAct();
  const { run, clear, isBusy, problem } = useAct();
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at once, when the dialog opens
  useEffect(() => looking.run(recovery.lossesOfReset, setLosses), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '') run(() => recovery.resetIdentity(password), onReset);
  };
  const fault = problem && (problem.kind === 'wrong-credentials' ? r.resetWrong : problemText(t, problem));
  return (
    <Dialog kind="alert" title={r.resetTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p className={css.soft}>{r.resetText}</p>
        {losses || looking.problem ? (
          <ResetLosses losses={losses} />
        ) : (
          <SkeletonRows count={2} label={t.app.loading} withFace={false} />
        )}
        <TextField
          label={r.resetPassword}
          type="password"
          autoComplete="current-password"
          reveal={{ show: t.login.show, hide: t.login.hide }}
          value={password}
          onValue={(value) => {
            setPassword(value);
            clear();
          }}
          fault={fault}
        />
        <Actions>
          <Button onClick={onClose} data-autofocus>
            {t.app.cancel}
          </Button>
          <Button kind="danger" type="submit" busy={isBusy} disabled={password === ''}>
            {r.resetNow}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** What a reset costs; when it can't be found out, all that it may cost. */
function ResetLosses({ losses }: { losses: Losses | undefined }) {
  const { t, list } = useWords();
  const r = t.recovery;
  const people = losses?.verifiedPeople ?? [];
  const lost = [
    r.resetMessages,
    ...(people.length > 0 ? [r.resetPeople(list(people.map((person) => person.displayName)))] : []),
    r.resetOthers,
  ];
  return (
    <div className={css.losses}>
      <h3>{r.resetLose}</h3>
      <ul>
        {lost.map((loss) => (
          <li key={loss}>
            <Icon name="close" small />
            <span>{loss}</span>
          </li>
        ))}
      </ul>
      {losses?.hasOtherSession && <p className={css.note}>{r.resetOtherSession}</p>}
    </div>
  );
}
