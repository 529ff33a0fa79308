import type { Problem } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import css from './settings.module.css';

/** Says what is lost before it is lost (B8). */
export function LogOutDialog({ onClose, onLogOut }: { onClose(): void; onLogOut(): Promise<void> }) {
  const { t } = useWords();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const leave = () => {
    setBusy(true);
    setProblem(undefined);
    onLogOut().catch((error: unknown) => {
      setBusy(false);
      setProblem(problemOf(error));
    });
  };
  return (
    <Dialog kind="alert" title={t.settings.logOutTitle} closeLabel={t.app.close} onClose={onClose}>
      <div className={css.losses}>
        <h3>{t.settings.logOutLose}</h3>
        <ul>
          {[t.settings.logOutMessages, t.settings.logOutDrafts].map((loss) => (
            <li key={loss}>
              <Icon name="close" small />
              {loss}
            </li>
          ))}
        </ul>
      </div>
      <p className={css.note}>{t.settings.logOutElsewhere}</p>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.settings.logOutStay}
        </Button>
        <Button kind="danger" busy={isBusy} onClick={leave}>
          {t.settings.logOut}
        </Button>
      </Actions>
    </Dialog>
  );
}
