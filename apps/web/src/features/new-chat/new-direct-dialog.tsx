import type { Person, Problem, SottoSession } from '@sotto/client/types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useObservable } from '../../observe/use-observable.ts';
import { PeopleSearch } from '../../people/people-search.tsx';
import css from './new-chat.module.css';

export interface NewDirectDialogProps {
  session: Pick<SottoSession, 'searchPeople' | 'openDirect' | 'policy'>;
  myId: string;
  onClose(): void;
  onOpened(roomId: string): void;
}

/** Finds one person and opens the chat with them. */
export function NewDirectDialog({ session, myId, onClose, onOpened }: NewDirectDialogProps) {
  const { t } = useWords();
  const [isOpening, setOpening] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const isOpen = useObservable(session.policy)?.encryption.direct === 'forbidden';
  const choose = (person: Person) => {
    if (isOpening) return;
    setOpening(true);
    setProblem(undefined);
    session.openDirect(person.userId, { isEncrypted: !isOpen }).then(onOpened, (error: unknown) => {
      setOpening(false);
      setProblem(problemOf(error));
    });
  };
  return (
    <Dialog title={t.newChat.directTitle} closeLabel={t.app.close} onClose={onClose}>
      <p className={css.lead}>{t.newChat.directLead}</p>
      {isOpen && (
        <Banner icon="lock-open" kind="look" boxed>
          {t.organisation.direct}
        </Banner>
      )}
      <PeopleSearch
        search={session.searchPeople}
        label={t.newChat.directSearch}
        hint={t.newChat.directHint}
        none={t.newChat.directNone}
        without={[myId]}
        besideId={myId}
        onChoose={choose}
      />
      {isOpening && (
        <p className={css.opening} role="status">
          {t.newChat.opening}
        </p>
      )}
      {problem && <Fault>{problemText(t, problem)}</Fault>}
    </Dialog>
  );
}
