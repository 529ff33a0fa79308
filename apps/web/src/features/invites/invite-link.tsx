import type { Problem, RoomHandle } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { useId, useRef, useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import css from './invites.module.css';

/** A link for one person without an account: made when asked for, copied with one click. */
export function InviteLink({ createInviteLink }: Pick<RoomHandle, 'createInviteLink'>) {
  const { t } = useWords();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [link, setLink] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const make = () => {
    setBusy(true);
    setProblem(undefined);
    createInviteLink()
      .then(setLink, (error: unknown) => setProblem(problemOf(error)))
      .finally(() => setBusy(false));
  };
  const copy = (text: string) => {
    field.current?.select();
    // Without a secure origin there is no clipboard; then the selected text is copied by hand.
    const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    copied.then(
      () => setSaid(t.invites.copied),
      () => setSaid(t.invites.copyByHand),
    );
  };
  return (
    <section className={css.link} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{t.invites.linkTitle}</h3>
      <p className={css.note}>{t.invites.linkText}</p>
      {link === undefined ? (
        <div>
          <Button icon="plus" busy={isBusy} onClick={make}>
            {t.invites.makeLink}
          </Button>
        </div>
      ) : (
        <div className={css.copyLine}>
          <input ref={field} className={css.address} readOnly aria-label={t.invites.linkLabel} value={link} />
          <Button kind="primary" icon="copy" onClick={() => copy(link)}>
            {t.invites.copy}
          </Button>
        </div>
      )}
      <p className={css.note} role="status">
        {said}
      </p>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
    </section>
  );
}
