import type { Logging } from '../../logging.ts';
import type { CallAppservice } from './call-appservice.ts';
import type { Appservice, AppserviceRegistry } from './registry.ts';

/** Asks application services for what does not exist here yet (application service API, "Querying"). */
export interface NameQueries {
  /** Whether one of them has made the room with this alias just now. */
  alias(alias: string): Promise<boolean>;
  /** Whether this one has made the person just now. */
  user(appservice: Appservice, userId: string): Promise<boolean>;
}

const answerMs = 30_000;

export function createNameQueries(parts: {
  registry: AppserviceRegistry;
  call: CallAppservice;
  logging: Logging;
}): NameQueries {
  const { registry, call, logging } = parts;

  async function ask(appservice: Appservice, kind: 'users' | 'rooms', name: string): Promise<boolean> {
    const place = `/${kind}/${encodeURIComponent(name)}`;
    try {
      const query = { method: 'GET', path: place, legacyPath: place, timeoutMs: answerMs } as const;
      return (await call(appservice, query))?.status === 200;
    } catch {
      logging.warn('an application service did not answer a query', { appservice: appservice.id });
      return false;
    }
  }

  return {
    async alias(alias) {
      for (const appservice of registry.all) {
        if (appservice.ownsAlias(alias) && (await ask(appservice, 'rooms', alias))) return true;
      }
      return false;
    },
    user: (appservice, userId) => ask(appservice, 'users', userId),
  };
}
