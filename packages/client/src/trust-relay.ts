import { createSource, type Source } from './observable.ts';
import type {
  Devices,
  OrganisationPolicy,
  OwnDevice,
  PersonHandle,
  Recovery,
  RecoveryState,
  TrustOfSession,
  VerificationRequest,
  Verifications,
} from './trust-types.ts';
import type { Observable } from './types.ts';

/** What screens hold while engines come and go behind it. */
export interface TrustRelay extends TrustOfSession {
  /** Shows what this engine shows from now on; with undefined, nothing. */
  attach(trust: TrustOfSession | undefined): void;
}

/** A relay without an engine: its snapshots are empty, and its verbs throw what `current` throws. */
export function createTrustRelay(current: () => TrustOfSession): TrustRelay {
  const recovery = createRelayed<RecoveryState>({ kind: 'unknown' });
  const verifications = createRelayed<readonly VerificationRequest[]>([]);
  const devices = createRelayed<readonly OwnDevice[] | undefined>(undefined);
  const newLogins = createRelayed<readonly OwnDevice[]>([]);
  const policy = createRelayed<OrganisationPolicy | undefined>(undefined);
  return {
    recovery: { ...recovery.shown, ...forward(recoveryVerbs, () => current().recovery) },
    verifications: { ...verifications.shown, ...forward(verificationVerbs, () => current().verifications) },
    devices: {
      ...devices.shown,
      newLogins: newLogins.shown,
      ...forward(deviceVerbs, () => current().devices),
    },
    policy: policy.shown,
    person: (userId): PersonHandle => current().person(userId),
    attach(trust) {
      recovery.attach(trust?.recovery);
      verifications.attach(trust?.verifications);
      devices.attach(trust?.devices);
      newLogins.attach(trust?.devices.newLogins);
      policy.attach(trust?.policy);
    },
  };
}

interface Relayed<T> {
  shown: Observable<T>;
  attach(source: Observable<T> | undefined): void;
}

/** Follows one source at a time, and only while somebody listens: some sources ask the server at the first listener. */
function createRelayed<T>(initial: T): Relayed<T> {
  const own: Source<T> = createSource(initial);
  let source: Observable<T> | undefined;
  let end: (() => void) | undefined;
  let listeners = 0;
  function follow(): void {
    end?.();
    end = listeners > 0 ? source?.subscribe(renew) : undefined;
    renew();
  }
  const renew = () => own.set(source ? source.get() : initial);
  return {
    shown: {
      get: () => (source ? source.get() : initial),
      subscribe(listener) {
        const stop = own.subscribe(listener);
        listeners++;
        if (listeners === 1) follow();
        return () => {
          stop();
          listeners--;
          if (listeners === 0) follow();
        };
      },
    },
    attach(next) {
      source = next;
      follow();
    },
  };
}

const recoveryVerbs = [
  'setUp',
  'confirm',
  'unlock',
  'restoreAll',
  'countKeys',
  'check',
  'change',
  'lossesOfReset',
  'resetIdentity',
  'lossesOfLogOut',
  'saveAll',
  'generatePassword',
  'passwordStrength',
  'exportKeys',
  'importKeys',
] as const satisfies readonly (keyof Recovery)[];

const verificationVerbs = [
  'request',
  'accept',
  'decline',
  'startEmoji',
  'scan',
  'confirm',
  'mismatch',
  'cancel',
  'dismiss',
] as const satisfies readonly (keyof Verifications)[];

const deviceVerbs = [
  'refresh',
  'rename',
  'signOut',
  'signOutOthers',
  'acknowledge',
  'verifyByHand',
] as const satisfies readonly (keyof Devices)[];

/** Functions of these names that call those of `target`, looked up at each call. */
function forward<T extends object, K extends keyof T>(names: readonly K[], target: () => T): Pick<T, K> {
  const call =
    (name: K) =>
    (...given: unknown[]) =>
      (target()[name] as (...given: unknown[]) => unknown)(...given);
  return Object.fromEntries(names.map((name) => [name, call(name)])) as Pick<T, K>;
}
