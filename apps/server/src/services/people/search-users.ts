import type { Queryable } from '@sotto/sql';
import { type FoundUser, foldName, searchUsers } from '../../store/user-search.ts';

export interface UserResult {
  user_id: string;
  display_name?: string;
  avatar_url?: string;
}

/** POST /user_directory/search (specification, "User Directory"): the best matches first. */
export type SearchUsers = (
  userId: string,
  query: { term: string; limit: number },
) => Promise<{ results: UserResult[]; limited: boolean }>;

/** So many matches are ranked; whoever types a single letter on a large server is told that there are more. */
const mostRanked = 1000;
const mostWords = 8;
/** Longer than the words of any name; SQLite has a limit for what it compares. */
const longestWord = 1000;

export function createSearchUsers(db: Queryable): SearchUsers {
  return async (userId, { term, limit }) => {
    const folded = foldName(term).trim();
    const words = folded.split(/\s+/).filter((word) => word !== '');
    if (words.length === 0) return { results: [], limited: false };
    const first = words.slice(0, mostWords).map((word) => word.slice(0, longestWord));
    const found = await searchUsers(db, { userId, words: first, limit: mostRanked });
    const ranked = found
      .map((user) => ({ user, rank: rankOf(user, folded) }))
      .sort((a, b) => a.rank - b.rank || (a.user.userId < b.user.userId ? -1 : 1));
    return { results: ranked.slice(0, limit).map(({ user }) => resultOf(user)), limited: found.length > limit };
  };
}

/** The smaller, the better: whole names before beginnings before parts, people one knows before others, faces before none. */
function rankOf({ userId, displayName, avatarUrl, sharesRoom }: FoundUser, term: string): number {
  const localpart = userId.slice(1, userId.indexOf(':'));
  const name = displayName === null ? '' : foldName(JSON.parse(displayName));
  const isWhole = [userId, localpart, name].includes(term);
  const isBeginning = userId.startsWith(term) || localpart.startsWith(term) || name.startsWith(term);
  const isWordBeginning = name.includes(` ${term}`);
  const match = isWhole ? 0 : isBeginning ? 1 : isWordBeginning ? 2 : 3;
  return match * 8 + (sharesRoom === 1 ? 0 : 4) + (displayName === null ? 2 : 0) + (avatarUrl === null ? 1 : 0);
}

function resultOf({ userId, displayName, avatarUrl }: FoundUser): UserResult {
  return {
    user_id: userId,
    ...(displayName !== null && { display_name: JSON.parse(displayName) }),
    ...(avatarUrl !== null && { avatar_url: JSON.parse(avatarUrl) }),
  };
}
