import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { problemText } from '../i18n/problem-text.ts';
import { useWords } from '../i18n/words.tsx';
import { useAct } from '../observe/use-act.ts';
import css from './people.module.css';

export interface Comparable {
  deviceId: string;
  fingerprint: string;
}

export interface ByHandDialogProps {
  session: Comparable;
  /** How to compare: between two people, or with another device of one's own. */
  how: string;
  onSame(session: Comparable): Promise<void>;
  onClose(): void;
}

/** One session compared as text, with a warning against being talked into it (features C3). */
export function ByHandDialog({ session, how, onSame, onClose }: ByHandDialogProps) {
  const { t } = useWords();
  const { run, isBusy, problem } = useAct();
  return (
    <Dialog kind="alert" title={t.trust.byHandTitle} closeLabel={t.app.close} onClose={onClose}>
      <Banner icon="alert" kind="look" boxed>
        {t.trust.byHandWarning}
      </Banner>
      <p>{how}</p>
      <Fingerprint session={session} />
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.app.cancel}
        </Button>
        <Button kind="primary" busy={isBusy} onClick={() => run(() => onSame(session), onClose)}>
          {t.trust.same}
        </Button>
      </Actions>
    </Dialog>
  );
}

/** What a session is told by, to be read aloud. */
export function Fingerprint({ session }: { session: Comparable }) {
  const { t } = useWords();
  return (
    <dl className={css.compare}>
      <dt>{t.trust.session}</dt>
      <dd>{session.deviceId}</dd>
      <dt>{t.trust.fingerprint}</dt>
      <dd>{session.fingerprint}</dd>
    </dl>
  );
}
