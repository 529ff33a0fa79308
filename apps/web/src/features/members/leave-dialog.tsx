import type { Problem, RoomHandle } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';

export interface LeaveDialogProps {
  room: Pick<RoomHandle, 'leave'>;
  roomName: string;
  onClose(): void;
  onLeft(): void;
}

/** Says what leaving means before one leaves. */
export function LeaveDialog({ room, roomName, onClose, onLeft }: LeaveDialogProps) {
  const { t } = useWords();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const leave = () => {
    setBusy(true);
    setProblem(undefined);
    room.leave().then(onLeft, (error: unknown) => {
      setBusy(false);
      setProblem(problemOf(error));
    });
  };
  return (
    <Dialog kind="alert" title={t.leave.title(roomName)} closeLabel={t.app.close} onClose={onClose}>
      <p>{t.leave.text}</p>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.leave.stay}
        </Button>
        <Button kind="danger" busy={isBusy} onClick={leave}>
          {t.leave.leave}
        </Button>
      </Actions>
    </Dialog>
  );
}
