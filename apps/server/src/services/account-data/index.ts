/**
 * Account data and filters: what a person's own clients keep here for each other (specification, "Client Config",
 * "Filtering"). Imports `store/` and `log/`; `quotas/` is given to it.
 */
import { hash } from 'node:crypto';
import { canonicalJson, fitsBytes, type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { getAccountData, putAccountData } from '../../store/account-data.ts';
import { getFilterDefinition, putFilter } from '../../store/filters.ts';
import type { Quotas } from '../quotas/index.ts';
import { createTags, type Tags } from './tags.ts';

/** `roomId` is empty for what is not of a room. */
export interface AccountDataPlace {
  userId: string;
  roomId: string;
  type: string;
}

export interface AccountDataService {
  /** The content as JSON text. @throws MatrixError M_NOT_FOUND */
  get(place: AccountDataPlace): Promise<string>;
  /**
   * An empty content takes the data away; other devices are told of it once (MSC3391).
   * @throws MatrixError M_INVALID_PARAM for a type over 255 bytes; M_TOO_LARGE, M_USER_LIMIT_EXCEEDED
   */
  set(place: AccountDataPlace, content: JsonObject): Promise<void>;
  tags: Tags;
  /** @throws MatrixError M_USER_LIMIT_EXCEEDED */
  addFilter(userId: string, definition: JsonObject): Promise<string>;
  /** The definition as JSON text, or undefined. */
  findFilter(userId: string, filterId: string): Promise<string | undefined>;
  /** The definition as JSON text. @throws MatrixError M_NOT_FOUND */
  getFilter(userId: string, filterId: string): Promise<string>;
}

/** Read and parsed with each sync where the server minds it itself (ignored people): far more than any client needs. */
const maxContentBytes = 512 * 1024;

export function createAccountData(parts: { db: Queryable; log: LogWriter; quotas: Quotas }): AccountDataService {
  const { db, log, quotas } = parts;
  return {
    tags: createTags(parts),
    async get(place) {
      const content = await getAccountData(db, place);
      if (content === undefined || content === '{}')
        throw new MatrixError('M_NOT_FOUND', 'Nothing is stored under this type.');
      return content;
    },
    async set(place, content) {
      if (!fitsBytes(place.type)) throw new MatrixError('M_INVALID_PARAM', 'The name of a type has at most 255 bytes.');
      const text = JSON.stringify(content);
      if (!fitsBytes(text, maxContentBytes))
        throw new MatrixError('M_TOO_LARGE', `Account data of one type has at most ${maxContentBytes} bytes.`);
      await log.write(async (unit) => {
        const stored = await putAccountData(unit, { ...place, content: text, position: unit.nextPosition() });
        quotas.checkStored(stored);
        unit.tell({ userId: place.userId });
      });
    },
    async addFilter(userId, definition) {
      const text = canonicalJson(definition);
      const filterId = hash('sha256', text, 'base64url').slice(0, 16);
      if ((await getFilterDefinition(db, userId, filterId)) === undefined) {
        await log.write(async (unit) =>
          quotas.checkStored(await putFilter(unit, { userId, filterId, definition: text })),
        );
      }
      return filterId;
    },
    findFilter: (userId, filterId) => getFilterDefinition(db, userId, filterId),
    async getFilter(userId, filterId) {
      const definition = await getFilterDefinition(db, userId, filterId);
      if (definition === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such filter.');
      return definition;
    },
  };
}
