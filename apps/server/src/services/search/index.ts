/**
 * Search on the server, over what is not encrypted (specification, "Server Side Search"). `search-index.ts` follows the
 * log, `search-events.ts` asks it. Imports `store/`, `log/`, the bus, what `timeline/` offers for
 * reading, and `sync-token.ts`.
 */
export { groupKeys, parsePageToken } from './page-token.ts';
export { createSearchEvents, type SearchAnswer, type SearchEvents, type SearchRequest } from './search-events.ts';
export { openSearchIndex, type SearchIndex } from './search-index.ts';
