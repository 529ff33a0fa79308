import path from 'node:path';
import { ConfigError } from './index.ts';
import type { Config } from './shape.ts';

/** `sqlite` or `sqlite:PATH`. @throws ConfigError for another engine */
export function databaseFile({ database, dataDir }: Pick<Config, 'database' | 'dataDir'>): string {
  if (database === 'sqlite') return path.join(dataDir, 'sotto.db');
  if (database.startsWith('sqlite:')) return path.resolve(database.slice('sqlite:'.length));
  throw new ConfigError(['database names PostgreSQL, which this version does not serve yet; use sqlite']);
}

export const mediaFolder = ({ dataDir }: Pick<Config, 'dataDir'>): string => path.join(dataDir, 'media');

/** Stands there while damage is known (check.ts): nothing is cleared away meanwhile. */
export const damageNote = ({ dataDir }: Pick<Config, 'dataDir'>): string => path.join(dataDir, 'damage-found');
