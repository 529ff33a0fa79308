import type { RoomHandle } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { useId, useRef, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { useCopy } from '../../observe/use-copy.ts';
import css from './invites.module.css';

/** A link for one person without an account: made when asked for, copied with one click. */
export function InviteLink({ createInviteLink }: Pick<RoomHandle, 'createInviteLink'>) {
  const { t } = useWords();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [link, setLink] = useState<string>();
  const { run, isBusy, problem } = useAct();
  const { said, copy } = useCopy(t.invites);
  const copyLink = (text: string) => {
    // Where there is no clipboard, it is selected already.
    field.current?.select();
    copy(text);
  };
  return (
    <section className={css.link} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{t.invites.linkTitle}</h3>
      <p className={css.note}>{t.invites.linkText}</p>
      {link === undefined ? (
        <div>
          <Button icon="plus" busy={isBusy} onClick={() => run(createInviteLink, setLink)}>
            {t.invites.makeLink}
          </Button>
        </div>
      ) : (
        <div className={css.copyLine}>
          <input ref={field} className={css.address} readOnly aria-label={t.invites.linkLabel} value={link} />
          <Button kind="primary" icon="copy" onClick={() => copyLink(link)}>
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
