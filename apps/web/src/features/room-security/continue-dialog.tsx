import type { RoomHandle } from '@sotto/client/types.ts';
import { useWords } from '../../i18n/words.tsx';
import { QuestionDialog } from '../../shell/question-dialog.tsx';
import css from './room-security.module.css';

export interface ContinueDialogProps {
  room: Pick<RoomHandle, 'continueUnencrypted'>;
  onMoved(roomId: string): void;
  onClose(): void;
}

/** Encryption can't be taken from a room: what it means to go on in another one without it (features A4). */
export function ContinueDialog({ room, onMoved, onClose }: ContinueDialogProps) {
  const s = useWords().t.roomSecurity;
  return (
    <QuestionDialog
      title={s.continueTitle}
      yes={s.continueNow}
      kind="danger"
      act={room.continueUnencrypted}
      onDone={onMoved}
      onClose={onClose}
    >
      <p>{s.continueText}</p>
      <ul className={css.points}>
        <li>{s.continueServer}</li>
        <li>{s.continuePeople}</li>
        <li>{s.continueHere}</li>
      </ul>
    </QuestionDialog>
  );
}
