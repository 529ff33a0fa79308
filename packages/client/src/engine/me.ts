import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { createSource } from '../observable.ts';
import type { Me, Observable } from '../types.ts';
import type { SessionStatus } from './client-life.ts';
import { withoutBidi } from './names.ts';

/** Who is logged in, as the screens see it. */
export interface MeSource extends Observable<Me> {
  /** Asks the server for what a sync doesn't bring. Never rejects: without an answer, what is known stays. */
  load(): void;
  setDisplayName(name: string): Promise<void>;
}

/** Keeps `Me` up to date over one client. */
export function trackMe(options: {
  client: MatrixClient;
  status: Observable<SessionStatus>;
  isAdmin(): Promise<boolean>;
}): MeSource {
  const { client, status } = options;
  const userId = client.getSafeUserId();
  const me = createSource<Me>({
    userId,
    deviceId: client.getDeviceId() ?? '',
    displayName: userId.slice(1).split(':', 1)[0] ?? userId,
    isAdmin: false,
    isSignedByOwner: status.get().isOwnDeviceSigned,
  });
  const change = (fields: Partial<Me>) => {
    const current = me.get();
    const isNew = Object.entries(fields).some(([key, value]) => current[key as keyof Me] !== value);
    if (isNew) me.set({ ...current, ...fields });
  };
  status.subscribe(() => change({ isSignedByOwner: status.get().isOwnDeviceSigned }));
  return {
    get: me.get,
    subscribe: me.subscribe,
    load() {
      const named = client.getProfileInfo(userId, 'displayname').then(({ displayname }) => {
        if (displayname) change({ displayName: withoutBidi(displayname) });
      });
      const ranked = options.isAdmin().then((isAdmin) => change({ isAdmin }));
      for (const loading of [named, ranked]) loading.catch(() => {});
    },
    async setDisplayName(name) {
      await client.setDisplayName(name);
      change({ displayName: withoutBidi(name) || userId });
    },
  };
}
