import type { Services } from '../../services/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { createPerson } from './create-person.ts';
import { createRegistrationToken } from './create-registration-token.ts';
import { deactivatePerson } from './deactivate-person.ts';
import { deleteMedia } from './delete-media.ts';
import { deleteRegistrationToken } from './delete-registration-token.ts';
import { getPerson } from './get-person.ts';
import { getRoom } from './get-room.ts';
import { listAuditLog } from './list-audit-log.ts';
import { listMedia } from './list-media.ts';
import { listPeople } from './list-people.ts';
import { listRegistrationTokens } from './list-registration-tokens.ts';
import { listRooms } from './list-rooms.ts';
import { quarantineMedia } from './quarantine-media.ts';
import { removeRoom } from './remove-room.ts';
import { resetPassword } from './reset-password.ts';
import { setAdmin } from './set-admin.ts';
import { getSharedSecretNonce, registerBySharedSecret } from './shared-secret.ts';
import { signOutPerson } from './sign-out-person.ts';

/** Administration, under `/_sotto/admin/v1`, and registration by shared secret. docs/operating.md describes it. */
export function adminApiRoutes({ admin }: Services, serverName: string): Endpoint[] {
  const { people, rooms, tokens, media, audit, sharedSecret } = admin;
  return [
    listPeople(people),
    getPerson(people),
    createPerson(people),
    deactivatePerson(people),
    resetPassword(people),
    signOutPerson(people),
    setAdmin(people),
    listRooms(rooms),
    getRoom(rooms),
    removeRoom(rooms),
    listRegistrationTokens(tokens),
    createRegistrationToken(tokens),
    deleteRegistrationToken(tokens),
    listMedia(media),
    quarantineMedia(media),
    deleteMedia(media),
    listAuditLog(audit),
    getSharedSecretNonce(sharedSecret),
    registerBySharedSecret(sharedSecret, serverName),
  ];
}
