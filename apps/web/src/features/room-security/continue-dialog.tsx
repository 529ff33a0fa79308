import type { RoomHandle } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './room-security.module.css';

export interface ContinueDialogProps {
  room: Pick<RoomHandle, 'continueUnencrypted'>;
  onMoved(roomId: string): void;
  onClose(): void;
}

/** Encryption can't be taken from a room: what it means to go on in another one without it (features A4). */
export function ContinueDialog({ room, onMoved, onClose }: ContinueDialogProps) {
  const { t } = useWords();
  const s = t.roomSecurity;
  const { run, isBusy, problem } = useAct();
  return (
    <Dialog kind="alert" title={s.continueTitle} closeLabel={t.app.close} onClose={onClose}>
      <p>{s.continueText}</p>
      <ul className={css.points}>
        <li>{s.continueServer}</li>
        <li>{s.continuePeople}</li>
        <li>{s.continueHere}</li>
      </ul>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.app.cancel}
        </Button>
        <Button kind="danger" busy={isBusy} onClick={() => run(room.continueUnencrypted, onMoved)}>
          {s.continueNow}
        </Button>
      </Actions>
    </Dialog>
  );
}
