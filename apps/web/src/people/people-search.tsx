import type { Person, SottoSession } from '@sotto/client/types.ts';
import { SearchList } from '@sotto/ui/search-list/search-list.tsx';
import { useState } from 'react';
import { problemText } from '../i18n/problem-text.ts';
import { useWords } from '../i18n/words.tsx';
import { addressBeside, typedAddress } from './address.ts';
import { PersonLine } from './person-line.tsx';
import { usePeopleSearch } from './use-people-search.ts';

export interface PeopleSearchProps {
  search: SottoSession['searchPeople'];
  label: string;
  hint: string;
  none: string;
  /** Those who are not offered: oneself. */
  without: readonly string[];
  /** Whose server a bare name that nobody was found by is taken to be on; without it, none is offered. */
  besideId?: string;
  /** What stands under a name instead of the address, for those who can't be chosen. */
  noteOf?(person: Person): string | undefined;
  onChoose(person: Person): void;
}

/** A field that finds people by name, and takes a whole address as it is. */
export function PeopleSearch({ search, label, hint, none, without, besideId, noteOf, onChoose }: PeopleSearchProps) {
  const { t } = useWords();
  const [term, setTerm] = useState('');
  const { people, isSearching, problem } = usePeopleSearch(search, term);
  const isNobody = !isSearching && people.length === 0;
  const guess = isNobody && besideId !== undefined ? addressBeside(term, besideId) : undefined;
  const address = typedAddress(term) ?? guess;
  const isListed = people.some((person) => person.userId === address);
  const typed = address !== undefined && !isListed ? [{ userId: address, displayName: address }] : [];
  const options = [...people, ...typed]
    .filter((person) => !without.includes(person.userId))
    .map((person) => ({
      key: person.userId,
      content: <PersonLine person={person} note={noteOf?.(person)} />,
      onChoose: () => onChoose(person),
    }));
  const empty = problem ? problemText(t, problem) : term.trim() === '' ? hint : isSearching ? '' : none;
  const status = term.trim() === '' || isSearching ? undefined : t.finder.found(options.length);
  return (
    <SearchList
      label={label}
      value={term}
      onValue={setTerm}
      options={options}
      empty={empty}
      {...(status !== undefined && { status })}
    />
  );
}
