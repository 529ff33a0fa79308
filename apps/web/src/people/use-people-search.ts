import type { Person, Problem, SottoSession } from '@sotto/client/types.ts';
import { useEffect, useState } from 'react';
import { problemOf } from '../i18n/problem-text.ts';

export interface PeopleFound {
  people: readonly Person[];
  isSearching: boolean;
  problem?: Problem;
}

const pauseMs = 200;
const nobody: PeopleFound = { people: [], isSearching: false };

/** The people whose name or address has the term, asked for when the typing pauses. Nothing for an empty term. */
export function usePeopleSearch(search: SottoSession['searchPeople'], term: string): PeopleFound {
  const [found, setFound] = useState<PeopleFound>(nobody);
  const wanted = term.trim();
  useEffect(() => {
    if (wanted === '') return setFound(nobody);
    let isCurrent = true;
    setFound((before) => ({ people: before.people, isSearching: true }));
    const timer = setTimeout(() => {
      search(wanted).then(
        (people) => isCurrent && setFound({ people, isSearching: false }),
        (error: unknown) => isCurrent && setFound({ people: [], isSearching: false, problem: problemOf(error) }),
      );
    }, pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [search, wanted]);
  return found;
}
