import { Banner } from '@sotto/ui/banner/banner.tsx';
import { useWords } from '../i18n/words.tsx';
import { QuestionDialog } from '../shell/question-dialog.tsx';
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
  return (
    <QuestionDialog
      title={t.trust.byHandTitle}
      yes={t.trust.same}
      kind="primary"
      act={() => onSame(session)}
      onDone={onClose}
      onClose={onClose}
    >
      <Banner icon="alert" kind="look" boxed>
        {t.trust.byHandWarning}
      </Banner>
      <p>{how}</p>
      <Fingerprint session={session} />
    </QuestionDialog>
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
