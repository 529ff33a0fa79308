import type { Problem, SottoSession } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault, Switch, TextField } from '@sotto/ui/field/field.tsx';
import { type FormEvent, useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useObservable } from '../../observe/use-observable.ts';
import { encryptionChoice } from './encryption-choice.ts';
import css from './new-chat.module.css';

export interface NewRoomDialogProps {
  session: Pick<SottoSession, 'createRoom' | 'policy'>;
  onClose(): void;
  onCreated(roomId: string): void;
}

/** A name, and whether it is encrypted: it is, unless somebody turns that off here (A1) or the organisation says so (A5). */
export function NewRoomDialog({ session, onClose, onCreated }: NewRoomDialogProps) {
  const { t } = useWords();
  const [name, setName] = useState('');
  const choice = encryptionChoice(useObservable(session.policy)?.encryption.private);
  const [chosen, setChosen] = useState<boolean>();
  const isEncrypted = choice.isFixed ? choice.isOn : (chosen ?? choice.isOn);
  const [tried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '') return;
    setBusy(true);
    setProblem(undefined);
    session.createRoom({ name: name.trim(), isEncrypted }).then(onCreated, (error: unknown) => {
      setBusy(false);
      setProblem(problemOf(error));
    });
  };
  return (
    <Dialog title={t.newChat.roomTitle} closeLabel={t.app.close} onClose={onClose}>
      <form onSubmit={submit} noValidate className={css.form}>
        <TextField
          label={t.newChat.roomName}
          name="room-name"
          autoComplete="off"
          data-autofocus
          maxLength={120}
          value={name}
          onValue={setName}
          fault={tried && name.trim() === '' ? t.newChat.roomNameEmpty : undefined}
        />
        <Switch
          label={t.newChat.encryption}
          help={
            choice.isFixed
              ? t.organisation[isEncrypted ? 'forced' : 'forbidden']
              : isEncrypted
                ? t.newChat.encryptionOn
                : t.newChat.encryptionOff
          }
          isOn={isEncrypted}
          fixed={choice.isFixed}
          onSwitch={setChosen}
        />
        {problem && <Fault>{problemText(t, problem)}</Fault>}
        <Actions>
          <Button onClick={onClose}>{t.app.cancel}</Button>
          <Button kind="primary" type="submit" busy={isBusy}>
            {t.newChat.create}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
