import type { RecoveryState } from '@sotto/client/trust-types.ts';
import type { RoomDetails, RoomHandle } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault, Switch } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { ContinueDialog } from './continue-dialog.tsx';
import css from './room-security.module.css';

export interface RoomSecurityDialogProps {
  room: Pick<RoomHandle, 'enableEncryption' | 'continueUnencrypted' | 'resetRoomKey' | 'setVerifiedOnly'>;
  details: RoomDetails;
  recovery: RecoveryState['kind'];
  /** Without recovery, encryption waits for it. */
  onSaveFirst(): void;
  /** The room goes on in another one. */
  onMoved(roomId: string): void;
  onClose(): void;
}

/** Room settings: encryption, the way on without it, a new key, verified people only (features A3–A6, C8). */
export function RoomSecurityDialog({
  room,
  details,
  recovery,
  onSaveFirst,
  onMoved,
  onClose,
}: RoomSecurityDialogProps) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  if (isAsking && details.isEncrypted) {
    return <ContinueDialog key="continue" room={room} onMoved={onMoved} onClose={() => setAsking(false)} />;
  }
  if (isAsking) {
    return (
      <TurnOnDialog
        key="turn-on"
        room={room}
        needsRecovery={recovery === 'not-set-up'}
        onSaveFirst={onSaveFirst}
        onClose={() => setAsking(false)}
      />
    );
  }
  const s = t.roomSecurity;
  return (
    <Dialog key="settings" title={s.title} closeLabel={t.app.close} onClose={onClose}>
      {details.isEncrypted ? (
        <EncryptedRoom room={room} details={details} onTurnOff={() => setAsking(true)} />
      ) : (
        <>
          <p className={css.line}>
            <Icon name="lock-open" className={css.look} />
            <span>{s.isOff}</span>
          </p>
          {details.trust?.encryptionRule === 'forbidden' ? (
            <Switch label={s.encryption} help={t.organisation.forbidden} isOn={false} fixed onSwitch={() => {}} />
          ) : details.trust?.canEnableEncryption ? (
            <Switch label={s.encryption} help={s.confirmOnce} isOn={false} onSwitch={() => setAsking(true)} />
          ) : (
            <p className={css.note}>{s.cantTurnOn}</p>
          )}
        </>
      )}
    </Dialog>
  );
}

interface EncryptedRoomProps extends Pick<RoomSecurityDialogProps, 'room' | 'details'> {
  onTurnOff(): void;
}

function EncryptedRoom({ room, details, onTurnOff }: EncryptedRoomProps) {
  const { t } = useWords();
  const s = t.roomSecurity;
  const [isDone, setDone] = useState(false);
  const isForced = details.trust?.encryptionRule === 'forced';
  const canLeave = details.trust?.canContinueUnencrypted;
  const { run, isBusy, problem } = useAct();
  return (
    <>
      <p className={css.line}>
        <Icon name="lock" />
        <span>
          {s.isOn} {!isForced && !canLeave && s.staysOn}
        </span>
      </p>
      {isForced ? (
        <Switch label={s.encryption} help={t.organisation.forced} isOn fixed onSwitch={() => {}} />
      ) : (
        canLeave && <Switch label={s.encryption} help={s.continueHelp} isOn onSwitch={onTurnOff} />
      )}
      {details.trust?.isVerifiedOnlySet ? (
        <Switch label={s.verifiedOnly} help={t.organisation.verifiedOnly} isOn fixed onSwitch={() => {}} />
      ) : (
        details.trust && (
          <Switch
            label={s.verifiedOnly}
            help={s.verifiedOnlyText}
            isOn={details.trust.isVerifiedOnly}
            onSwitch={room.setVerifiedOnly}
          />
        )
      )}
      <div className={css.part}>
        <Button icon="key" busy={isBusy} onClick={() => run(room.resetRoomKey, () => setDone(true))}>
          {s.newKey}
        </Button>
        <p className={css.note} role="status">
          {isDone ? s.newKeyDone : s.newKeyText}
        </p>
        {problem && <Fault>{problemText(t, problem)}</Fault>}
      </div>
    </>
  );
}

interface TurnOnDialogProps extends Pick<RoomSecurityDialogProps, 'room' | 'onSaveFirst' | 'onClose'> {
  needsRecovery: boolean;
}

function TurnOnDialog({ room, needsRecovery, onSaveFirst, onClose }: TurnOnDialogProps) {
  const { t } = useWords();
  const s = t.roomSecurity;
  const { run, isBusy, problem } = useAct();
  return (
    <Dialog kind="alert" title={s.confirmTitle} closeLabel={t.app.close} onClose={onClose}>
      <ul className={css.points}>
        <li>{s.confirmOnce}</li>
        <li>{s.confirmEarlier}</li>
      </ul>
      {needsRecovery && <p>{s.confirmFirst}</p>}
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.app.cancel}
        </Button>
        {needsRecovery ? (
          <Button kind="primary" onClick={onSaveFirst}>
            {s.saveFirst}
          </Button>
        ) : (
          <Button kind="primary" busy={isBusy} onClick={() => run(room.enableEncryption, onClose)}>
            {s.turnOn}
          </Button>
        )}
      </Actions>
    </Dialog>
  );
}
