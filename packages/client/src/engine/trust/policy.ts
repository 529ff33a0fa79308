import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { createSource } from '../../observable.ts';
import type { EncryptionRule, OrganisationPolicy, PolicyKind } from '../../trust-types.ts';
import type { Observable } from '../../types.ts';

export interface PolicyOptions {
  status: Observable<{ isSynced: boolean }>;
  /** Asks the server. */
  loadPolicy(): Promise<OrganisationPolicy | undefined>;
}

/**
 * What the organisation says, asked for at each start. It is shown, and the server enforces it; nothing is encrypted less
 * because of it without a person's own word, since the server that tells it may be one that lies.
 */
export function createPolicy({ status, loadPolicy }: PolicyOptions): Observable<OrganisationPolicy | undefined> {
  const policy = createSource<OrganisationPolicy | undefined>(undefined);
  let isAsking = false;
  const ask = async () => {
    if (isAsking || policy.get() || !status.get().isSynced) return;
    isAsking = true;
    const told = await loadPolicy().catch(() => undefined);
    isAsking = false;
    if (told) policy.set(told);
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
  return { encryption: { direct, private: hidden, public: open, team } as OrganisationPolicy['encryption'] };
}
