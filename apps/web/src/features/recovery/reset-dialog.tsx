import type { Losses, Recovery } from '@sotto/client/trust-types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { LossList } from '@sotto/ui/loss-list/loss-list.tsx';
import { SkeletonRows } from '@sotto/ui/state/state.tsx';
import { type FormEvent, useEffect, useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { AccountPasswordField } from '../../people/account-password-field.tsx';
import css from './recovery.module.css';

export interface ResetDialogProps {
  recovery: Pick<Recovery, 'lossesOfReset' | 'resetIdentity'>;
  /** There is another session that can verify this one: the way that loses nothing. */
  onOtherDevice: (() => void) | undefined;
  onReset(): void;
  onClose(): void;
}

/** First what is lost, then the account password, then a new identity (features B6). */
export function ResetDialog({ recovery, onOtherDevice, onReset, onClose }: ResetDialogProps) {
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
  return (
    <Dialog kind="alert" title={r.resetTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p className={css.soft}>{r.resetText}</p>
        {losses || looking.problem ? (
          <ResetLosses losses={losses} onOtherDevice={onOtherDevice} />
        ) : (
          <SkeletonRows count={2} label={t.app.loading} withFace={false} />
        )}
        <AccountPasswordField
          value={password}
          onValue={(value) => {
            setPassword(value);
            clear();
          }}
          problem={problem}
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
function ResetLosses({
  losses,
  onOtherDevice,
}: Pick<ResetDialogProps, 'onOtherDevice'> & { losses: Losses | undefined }) {
  const { t, list } = useWords();
  const r = t.recovery;
  const people = losses?.verifiedPeople ?? [];
  const lost = [
    r.resetMessages,
    ...(people.length > 0 ? [r.resetPeople(list(people.map((person) => person.displayName)))] : []),
    r.resetOthers,
  ];
  return (
    <>
      {losses?.hasOtherSession && (
        <Banner
          icon="laptop"
          kind="note"
          boxed
          {...(onOtherDevice && {
            action: (
              <Button small onClick={onOtherDevice}>
                {r.otherDevice}
              </Button>
            ),
          })}
        >
          {r.resetOtherSession}
        </Banner>
      )}
      <LossList title={r.resetLose} lost={lost} />
    </>
  );
}
