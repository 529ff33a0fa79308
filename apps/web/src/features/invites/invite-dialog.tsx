import type { Member, Person, Problem, RoomHandle, SottoSession } from '@sotto/client/types.ts';
import { Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { PeopleSearch } from '../../people/people-search.tsx';
import { InviteLink } from './invite-link.tsx';
import css from './invites.module.css';

export interface InviteDialogProps {
  room: Pick<RoomHandle, 'invite' | 'createInviteLink'>;
  roomName: string;
  members: readonly Member[];
  searchPeople: SottoSession['searchPeople'];
  onClose(): void;
}

/** Asks somebody in: those who use Sotto by name, others by a link. */
export function InviteDialog({ room, roomName, members, searchPeople, onClose }: InviteDialogProps) {
  const { t } = useWords();
  const [invited, setInvited] = useState<Person>();
  const [problem, setProblem] = useState<Problem>();
  const isHere = (person: Person) => members.some((member) => member.userId === person.userId);
  const invite = (person: Person) => {
    if (isHere(person)) return;
    setInvited(undefined);
    setProblem(undefined);
    room.invite(person.userId).then(
      () => setInvited(person),
      (error: unknown) => setProblem(problemOf(error)),
    );
  };
  return (
    <Dialog title={t.invites.title(roomName)} closeLabel={t.app.close} onClose={onClose}>
      <PeopleSearch
        search={searchPeople}
        label={t.invites.search}
        hint={t.invites.hint}
        none={t.invites.none}
        without={[]}
        noteOf={(person) => (isHere(person) ? t.invites.already : undefined)}
        onChoose={invite}
      />
      <p className={css.done} role="status">
        {invited && t.invites.invited(invited.displayName)}
      </p>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <InviteLink createInviteLink={room.createInviteLink} />
    </Dialog>
  );
}
