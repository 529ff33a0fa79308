import type { Devices, OwnDevice } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { TextField } from '@sotto/ui/field/field.tsx';
import { type FormEvent, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { AccountPasswordField } from '../../people/account-password-field.tsx';
import { type Comparable, Fingerprint } from '../../people/by-hand-dialog.tsx';
import css from './sessions.module.css';

export interface RenameDialogProps {
  devices: Pick<Devices, 'rename'>;
  session: OwnDevice;
  onClose(): void;
}

/** A name by which one knows a session again. */
export function RenameDialog({ devices, session, onClose }: RenameDialogProps) {
  const { t } = useWords();
  const [name, setName] = useState(session.name);
  const { run, isBusy, problem } = useAct();
  const isEmpty = name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isEmpty) run(() => devices.rename(session.deviceId, name.trim()), onClose);
  };
  const fault = isEmpty ? t.sessions.nameEmpty : problem && problemText(t, problem);
  return (
    <Dialog title={t.sessions.rename} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <TextField
          label={t.sessions.name}
          maxLength={100}
          data-autofocus
          value={name}
          onValue={setName}
          fault={fault}
        />
        <Actions>
          <Button kind="quiet" onClick={onClose}>
            {t.app.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={isBusy}>
            {t.sessions.save}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** What this session is told by, for comparing it on another one (features C3). */
export function FingerprintDialog({ session, onClose }: { session: Comparable; onClose(): void }) {
  const { t } = useWords();
  return (
    <Dialog title={t.sessions.fingerprintTitle} closeLabel={t.app.close} onClose={onClose}>
      <p>{t.sessions.fingerprintText}</p>
      <Fingerprint session={session} />
      <Actions>
        <Button kind="primary" onClick={onClose} data-autofocus>
          {t.verification.done}
        </Button>
      </Actions>
    </Dialog>
  );
}

export interface SignOutDialogProps {
  devices: Pick<Devices, 'signOut' | 'signOutOthers'>;
  whom: OwnDevice | 'others';
  onClose(): void;
}

/** Another session, or all others, at the price of the account password. */
export function SignOutDialog({ devices, whom, onClose }: SignOutDialogProps) {
  const { t } = useWords();
  const [password, setPassword] = useState('');
  const { run, clear, isBusy, problem } = useAct();
  const isOthers = whom === 'others';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password === '') return;
    run(() => (isOthers ? devices.signOutOthers(password) : devices.signOut(whom.deviceId, password)), onClose);
  };
  const title = isOthers ? t.sessions.signOutOthersTitle : t.sessions.signOutTitle(whom.name || whom.deviceId);
  return (
    <Dialog kind="alert" title={title} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p>{t.sessions.signOutText}</p>
        <AccountPasswordField
          data-autofocus
          value={password}
          onValue={(value) => {
            setPassword(value);
            clear();
          }}
          problem={problem}
        />
        <Actions>
          <Button onClick={onClose}>{t.app.cancel}</Button>
          <Button kind="danger" type="submit" busy={isBusy} disabled={password === ''}>
            {isOthers ? t.sessions.signOutOthers : t.sessions.signOut}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
