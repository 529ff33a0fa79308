/**
 * Invite links: one link lets one person register, and gets them invited to a room where it names one. Beside the
 * Matrix API, under `/_sotto/client`. Imports `store/` and `log/`; the verbs of rooms are given to it.
 */
import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { getInviteLink, insertInviteLink, markAccepted } from '../../store/invite-links.ts';
import { getMembership } from '../../store/memberships.ts';
import { getProfileField } from '../../store/profiles.ts';
import { getFirstAdminToken, getRegistrationToken, insertRegistrationToken } from '../../store/registration-tokens.ts';
import { getCurrentState } from '../../store/room-state.ts';
import { hasUsers } from '../../store/users.ts';
import type { RandomText } from '../random-text.ts';

export interface InvitePreview {
  inviter?: { user_id: string; displayname?: string };
  room_name?: string;
  makes_admin: boolean;
}

export interface Invites {
  /** Makes a link. @throws MatrixError M_FORBIDDEN when the person is not in the room. */
  create(userId: string, roomId: string | undefined): Promise<{ token: string; url: string }>;
  /** What the link promises. @throws MatrixError M_NOT_FOUND when it is unknown or used up. */
  preview(token: string): Promise<InvitePreview>;
  /** Gets this person invited to the link's room, in the name of who made it. @throws MatrixError M_NOT_FOUND, M_FORBIDDEN */
  accept(token: string, userId: string): Promise<{ room_id?: string }>;
  /** The link of the first start, with which the first admin registers; undefined once somebody has. */
  firstRunToken(): Promise<string | undefined>;
}

export interface InvitesParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  random: RandomText;
  publicUrl: () => string;
  /** Sends the invitation into the room. */
  invite(unit: Unit, invitation: { roomId: string; sender: string; userId: string }): Promise<void>;
}

const unknownLink = () => new MatrixError('M_NOT_FOUND', 'This invitation is used up or unknown.');

export function createInvites(parts: InvitesParts): Invites {
  const { db, log, now, random, publicUrl, invite } = parts;

  async function makeLink(unit: Unit, link: { inviter: string | null; roomId: string | null; makesAdmin: number }) {
    const token = random(24);
    const createdAtMs = now();
    const { inviter, roomId, makesAdmin } = link;
    await insertRegistrationToken(unit, {
      token,
      usesAllowed: 1,
      expiresAtMs: null,
      makesAdmin,
      createdBy: inviter,
      createdAtMs,
    });
    await insertInviteLink(unit, { token, inviter, roomId, createdAtMs });
    return token;
  }

  return {
    create: (userId, roomId) =>
      log.write(async (unit) => {
        if (roomId !== undefined && (await getMembership(unit, userId, roomId))?.membership !== 'join') {
          throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
        }
        const token = await makeLink(unit, { inviter: userId, roomId: roomId ?? null, makesAdmin: 0 });
        return { token, url: `${publicUrl()}/#/invite/${token}` };
      }),

    async preview(token) {
      const link = await getInviteLink(db, token);
      const registration = await getRegistrationToken(db, token);
      if (link === undefined || registration === undefined || link.acceptedBy !== null) throw unknownLink();
      if (registration.usesCompleted >= (registration.usesAllowed ?? Number.POSITIVE_INFINITY)) throw unknownLink();
      const preview: InvitePreview = { makes_admin: registration.makesAdmin === 1 };
      if (link.inviter !== null) {
        const name = await getProfileField(db, link.inviter, 'displayname');
        preview.inviter = { user_id: link.inviter, ...(name !== undefined && { displayname: JSON.parse(name) }) };
      }
      if (link.roomId !== null) {
        const row = await getCurrentState(db, { roomId: link.roomId, type: 'm.room.name', stateKey: '' });
        const name = row === undefined ? undefined : JSON.parse(row.json).content.name;
        if (typeof name === 'string') preview.room_name = name;
      }
      return preview;
    },

    accept: (token, userId) =>
      log.write(async (unit) => {
        const link = await getInviteLink(unit, token);
        if (link === undefined || (link.acceptedBy !== null && link.acceptedBy !== userId)) throw unknownLink();
        if (link.roomId === null || link.inviter === null) return {};
        if (link.acceptedBy === userId) return { room_id: link.roomId };
        await markAccepted(unit, token, userId);
        const membership = (await getMembership(unit, userId, link.roomId))?.membership;
        if (membership !== 'join' && membership !== 'invite') {
          await invite(unit, { roomId: link.roomId, sender: link.inviter, userId });
        }
        return { room_id: link.roomId };
      }),

    firstRunToken: () =>
      log.write(async (unit) => {
        if (await hasUsers(unit)) return undefined;
        return (
          (await getFirstAdminToken(unit)) ?? (await makeLink(unit, { inviter: null, roomId: null, makesAdmin: 1 }))
        );
      }),
  };
}
