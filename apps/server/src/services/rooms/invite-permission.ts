import { compileGlob, type JsonObject, type JsonValue, MatrixError, serverNameOf } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { getAccountData } from '../../store/account-data.ts';
import { readIgnoredUsers } from '../timeline/ignored-users.ts';

/** The stable name (v1.18) and the one with lists of people and servers (MSC4155). */
export const invitePermissionTypes = ['m.invite_permission_config', 'org.matrix.msc4155.invite_permission_config'];

/** What becomes of an invite: let through, hidden from the invited person, or refused to who invites. */
export type InviteVerdict = 'allow' | 'ignore' | 'block';

async function contentOf(db: Queryable, userId: string, type: string): Promise<JsonObject> {
  const text = await getAccountData(db, { userId, roomId: '', type });
  return text === undefined ? {} : JSON.parse(text);
}

/** What a person has said about being invited by this sender (specification, "Invite permission"; MSC4155). */
export async function inviteVerdict(
  db: Queryable,
  { userId, sender }: { userId: string; sender: string },
): Promise<InviteVerdict> {
  const verdicts = new Set<InviteVerdict>();
  for (const type of invitePermissionTypes) verdicts.add(verdictOf(await contentOf(db, userId, type), sender));
  if (verdicts.has('block')) return 'block';
  return verdicts.has('ignore') || (await readIgnoredUsers(db, userId)).has(sender) ? 'ignore' : 'allow';
}

/** @throws MatrixError M_INVITE_BLOCKED */
export async function checkInvitePermission(db: Queryable, invite: { userId: string; sender: string }): Promise<void> {
  if ((await inviteVerdict(db, invite)) === 'block')
    throw new MatrixError('M_INVITE_BLOCKED', 'This person does not want to be invited.');
}

/** People before servers; what allows before what ignores before what blocks. */
function verdictOf(config: JsonObject, sender: string): InviteVerdict {
  if (config.enabled === false) return 'allow';
  const server = serverNameOf(sender) ?? '';
  for (const [kind, value] of [
    ['users', sender],
    ['servers', server],
  ] as const) {
    if (isListed(config[`allowed_${kind}`], value)) return 'allow';
    if (isListed(config[`ignored_${kind}`], value)) return 'ignore';
    if (isListed(config[`blocked_${kind}`], value)) return 'block';
  }
  return config.default_action === 'block' ? 'block' : 'allow';
}

function isListed(patterns: JsonValue | undefined, value: string): boolean {
  if (!Array.isArray(patterns)) return false;
  return patterns.some((pattern) => typeof pattern === 'string' && compileGlob(pattern)(value));
}
