import type { KeyProgress, Losses, Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { LossList } from '@sotto/ui/loss-list/loss-list.tsx';
import { Progress } from '@sotto/ui/progress/progress.tsx';
import { SkeletonRows } from '@sotto/ui/state/state.tsx';
import { useEffect, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { lossesText } from './losses-text.ts';
import css from './settings.module.css';

export interface LogOutDialogProps {
  recovery: Pick<Recovery, 'get' | 'lossesOfLogOut' | 'saveAll'>;
  /** Leads to where the secret is saved. */
  onSaveRecovery(): void;
  onClose(): void;
  onLogOut(): Promise<void>;
}

/** Says what is lost before it is lost, and offers to back up first (features B8). */
export function LogOutDialog({ recovery, onSaveRecovery, onClose, onLogOut }: LogOutDialogProps) {
  const { t } = useWords();
  const leaving = useAct();
  const saving = useAct();
  const [progress, setProgress] = useState<KeyProgress>();
  const { losses, isLooking, look } = useLosses(recovery);
  const { lost, kept, canSaveKeys, needsRecovery } = lossesText(t, losses, recovery.get().kind);
  const saveKeys = () => saving.run(() => recovery.saveAll({ onProgress: setProgress }), look);
  const problem = leaving.problem ?? saving.problem;
  const isSafe = !canSaveKeys && !needsRecovery;
  return (
    <Dialog kind="alert" title={t.settings.logOutTitle} closeLabel={t.app.close} onClose={onClose}>
      {isLooking && !losses ? (
        <SkeletonRows count={2} label={t.app.loading} withFace={false} />
      ) : (
        <>
          <LossList title={t.settings.logOutLose} lost={lost} isBusy={isLooking} />
          {kept && <p className={css.note}>{kept}</p>}
        </>
      )}
      {saving.isBusy && <Progress label={t.recovery.logOutSaving} {...progress} />}
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.settings.logOutStay}
        </Button>
        <Button kind="danger" busy={leaving.isBusy} disabled={isLooking} onClick={() => leaving.run(onLogOut)}>
          {t.settings.logOut}
        </Button>
        {!isSafe && (
          <Button kind="primary" busy={saving.isBusy} onClick={needsRecovery ? onSaveRecovery : saveKeys}>
            {t.recovery.logOutSaveFirst}
          </Button>
        )}
      </Actions>
    </Dialog>
  );
}

/** What logging out costs; `undefined` when it can't be found out. */
function useLosses({ lossesOfLogOut }: Pick<Recovery, 'lossesOfLogOut'>) {
  const [losses, setLosses] = useState<Losses>();
  const { run, isBusy, problem } = useAct();
  const look = () => run(lossesOfLogOut, setLosses);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at when the dialog opens, and after saving
  useEffect(look, []);
  return { losses, look, isLooking: isBusy || (losses === undefined && problem === undefined) };
}
