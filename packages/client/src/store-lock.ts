/**
 * One tab owns the store: two crypto machines on one IndexedDB would overwrite each other's ratchets and lose keys.
 * A Web Lock says who; a broadcast asks the owner to let go in good order before the lock is taken by force.
 */
export interface StoreLock {
  /** Takes the lock if it is free; true when it is now ours (also when it was already). */
  acquire(): Promise<boolean>;
  /** Asks the owner to let go and takes the lock; by force when the owner stays silent, as a frozen tab does. */
  takeOver(): Promise<void>;
  release(): void;
  /** This holding of the lock, told from a later one of the same tab; undefined while it isn't ours. */
  holding(): object | undefined;
}

export interface StoreLockOptions {
  name: string;
  locks: LockManager | undefined;
  /** Another tab takes the store: stop all use of it. The lock is let go when this ends. Never rejects. */
  onLost: () => Promise<void>;
  /** How long an owner may take to let go before the lock is taken by force. */
  graceMs?: number;
}

const defaultGraceMs = 3000;
const yieldMessage = 'yield';
/** The holding of a store that nobody else can take. */
const free = {};

/** The lock of the store `name`. Where there are no Web Locks (Node), it is always free. */
export function createStoreLock({ name, locks, onLost, graceMs = defaultGraceMs }: StoreLockOptions): StoreLock {
  if (!locks) return { acquire: async () => true, takeOver: async () => {}, release() {}, holding: () => free };
  const lockName = `${name}:store`;
  let held: { letGo: () => void; channel: BroadcastChannel } | undefined;

  /** Asks for the lock; resolves once it is granted (true) or refused (false), and holds it until `letGo`. */
  function request(options: LockOptions): Promise<boolean> {
    const granted = Promise.withResolvers<boolean>();
    locks
      ?.request(lockName, options, (lock) => {
        granted.resolve(lock !== null);
        return lock === null ? undefined : hold();
      })
      .catch((error: unknown) => {
        granted.reject(error);
        // Granted and then gone: taken by force.
        if (held) void lose();
      });
    return granted.promise;
  }

  function hold(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const channel = new BroadcastChannel(lockName);
    channel.onmessage = ({ data }) => {
      if (data === yieldMessage) void lose();
    };
    held = { letGo: resolve, channel };
    return promise;
  }

  async function lose(): Promise<void> {
    const losing = held;
    held = undefined;
    losing?.channel.close();
    if (losing) await onLost();
    losing?.letGo();
  }

  return {
    acquire: async () => held !== undefined || request({ ifAvailable: true }),
    async takeOver() {
      if (held) return;
      const channel = new BroadcastChannel(lockName);
      channel.postMessage(yieldMessage);
      const patience = AbortSignal.timeout(graceMs);
      await request({ signal: patience }).catch(() => request({ steal: true }));
      channel.close();
    },
    release() {
      held?.channel.close();
      held?.letGo();
      held = undefined;
    },
    holding: () => held,
  };
}
