import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { keep } from '../../keep.ts';
import { createSource, isSameData } from '../../observable.ts';
import type { KeyValueStorage } from '../../platform.ts';
import type { EncryptionRule, OrganisationPolicy, PolicyKind } from '../../trust-types.ts';
import type { Observable } from '../../types.ts';

export interface PolicyOptions {
  status: Observable<{ isSynced: boolean }>;
  /** The server's answer about its policy. */
  askPolicy(): Promise<Record<string, unknown>>;
  storage: KeyValueStorage;
  /** Under which the storage remembers it. */
  key: string;
}

/**
 * What the organisation says, asked for at each start, and until the answer comes what it said last: whoever sends first is
 * to be bound by it too. It is shown, and the server enforces it; nothing is encrypted less because of it without a person's
 * own word, since the server that tells it may be one that lies.
 */
export function createPolicy(options: PolicyOptions): Observable<OrganisationPolicy | undefined> {
  const { status, askPolicy, storage, key } = options;
  const policy = createSource(policyIn(parse(storage.get(key))));
  let isAsked = false;
  const ask = async () => {
    if (isAsked || !status.get().isSynced) return;
    isAsked = true;
    const told = await askPolicy().then(policyIn, () => undefined);
    isAsked = told !== undefined;
    if (!told || isSameData(told, policy.get())) return;
    policy.set(told);
    keep(storage, key, JSON.stringify({ encryption: told.encryption, verified_only: told.verifiedOnly }));
  };
  status.subscribe(() => void ask());
  void ask();
  return policy;
}

/** What the organisation says for this room. */
export function ruleFor(
  room: Room,
  policy: OrganisationPolicy | undefined,
  isDirect: boolean,
): EncryptionRule | undefined {
  return policy?.encryption[kindOf(room, isDirect)];
}

/** Whether the organisation says that this room is for verified people alone. */
export const isForVerified = (room: Room, policy: OrganisationPolicy | undefined, isDirect: boolean): boolean =>
  policy?.verifiedOnly.includes(kindOf(room, isDirect)) ?? false;

function kindOf(room: Room, isDirect: boolean): PolicyKind {
  if (room.isSpaceRoom()) return 'team';
  if (room.getJoinRule() === 'public') return 'public';
  return isDirect && room.getMyMembership() === KnownMembership.Join ? 'direct' : 'private';
}

const rules: readonly unknown[] = ['forbidden', 'optional', 'default', 'forced'];

/** The answer of `/_sotto/client/v1/policy`; undefined when it is none, as of a server that knows no policy. Pure. */
export function policyIn(body: Record<string, unknown>): OrganisationPolicy | undefined {
  const given = (body.encryption ?? {}) as Record<string, unknown>;
  const { direct, private: hidden, public: open, team } = given;
  if (![direct, hidden, open, team].every((rule) => rules.includes(rule))) return undefined;
  const encryption = { direct, private: hidden, public: open, team } as OrganisationPolicy['encryption'];
  const named: readonly unknown[] = Array.isArray(body.verified_only) ? body.verified_only : [];
  return { encryption, verifiedOnly: kinds.filter((kind) => named.includes(kind)) };
}

const kinds = ['direct', 'private', 'public', 'team'] as const satisfies readonly PolicyKind[];

function parse(text: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(text ?? '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}
