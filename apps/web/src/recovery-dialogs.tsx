import type { SottoSession } from '@sotto/client/types.ts';
import { useState } from 'react';
import { CheckDialog } from './features/recovery/check-dialog.tsx';
import { ExportDialog, ImportDialog } from './features/recovery/key-file-dialogs.tsx';
import type { ShownSecret } from './features/recovery/recovery-model.ts';
import { ResetDialog } from './features/recovery/reset-dialog.tsx';
import { SaveDialog } from './features/recovery/save-dialog.tsx';
import { UnlockDialog } from './features/recovery/unlock-dialog.tsx';

/** What any screen can ask for about recovery; the dialogs to it lie above all screens. */
export type RecoveryDialog = 'save' | 'change' | 'check' | 'unlock' | 'export' | 'import' | 'reset';

export interface RecoveryDialogsProps {
  recovery: SottoSession['recovery'];
  /** Whose messages they are. */
  account: string;
  open: RecoveryDialog | undefined;
  onOpen(dialog: RecoveryDialog | undefined): void;
  onOtherDevice(): void;
}

/** The dialog that was asked for. What was shown and not proven yet is kept here, so that a set-up can be taken up again. */
export function RecoveryDialogs({ recovery, account, open, onOpen, onOtherDevice }: RecoveryDialogsProps) {
  const [shown, setShown] = useState<ShownSecret>();
  const close = () => onOpen(undefined);
  const state = recovery.get();
  const otherDevice = state.kind === 'locked' && state.hasOtherSession ? onOtherDevice : undefined;
  switch (open) {
    case undefined:
      return null;
    case 'save':
    case 'change':
      return (
        <SaveDialog
          recovery={recovery}
          account={account}
          shown={shown}
          onShown={setShown}
          isChange={open === 'change'}
          onClose={close}
        />
      );
    case 'check':
      return (
        <CheckDialog
          recovery={recovery}
          ways={'ways' in state ? state.ways : { key: true, password: true }}
          onClose={close}
        />
      );
    case 'unlock':
      return (
        <UnlockDialog recovery={recovery} onOtherDevice={otherDevice} onLost={() => onOpen('reset')} onClose={close} />
      );
    case 'reset':
      return (
        <ResetDialog recovery={recovery} onOtherDevice={otherDevice} onReset={() => onOpen('save')} onClose={close} />
      );
    case 'export':
      return <ExportDialog recovery={recovery} onClose={close} />;
    case 'import':
      return <ImportDialog recovery={recovery} onClose={close} />;
  }
}
