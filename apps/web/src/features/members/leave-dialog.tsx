import type { RoomHandle } from '@sotto/client/types.ts';
import { useWords } from '../../i18n/words.tsx';
import { QuestionDialog } from '../../shell/question-dialog.tsx';

export interface LeaveDialogProps {
  room: Pick<RoomHandle, 'leave'>;
  roomName: string;
  onClose(): void;
  onLeft(): void;
}

/** Says what leaving means before one leaves. */
export function LeaveDialog({ room, roomName, onClose, onLeft }: LeaveDialogProps) {
  const { title, text, stay, leave } = useWords().t.leave;
  return (
    <QuestionDialog
      title={title(roomName)}
      yes={leave}
      kind="danger"
      no={stay}
      act={room.leave}
      onDone={onLeft}
      onClose={onClose}
    >
      <p>{text}</p>
    </QuestionDialog>
  );
}
