import type { Person } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import type { ReactNode } from 'react';
import css from './people.module.css';

/** A face, a name and the address that tells two of one name apart. */
export function PersonLine({ person, note }: { person: Person; note?: ReactNode }) {
  return (
    <>
      <Avatar name={person.displayName} id={person.userId} />
      <span className={css.words}>
        <span className={css.name}>{person.displayName}</span>
        <span className={css.note}>{note ?? person.userId}</span>
      </span>
    </>
  );
}
