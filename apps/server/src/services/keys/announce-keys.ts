import type { Unit } from '../../log/writer.ts';
import { putDeviceListChange, putSignatureChange } from '../../store/device-list-changes.ts';
import { listRoomIdsOfUser } from '../../store/memberships.ts';

/**
 * Notes that a person's devices or keys are others than before, and wakes those who may want to know. Who they are, the
 * sync stream computes (services/sync/streams/device-lists.ts): nothing is written for each of them.
 */
export async function announceKeys(unit: Unit, userId: string): Promise<void> {
  await putDeviceListChange(unit, userId, unit.nextPosition());
  unit.tell({ userId });
  for (const membership of ['join', 'invite'] as const) {
    for (const roomId of await listRoomIdsOfUser(unit, userId, membership)) unit.tell({ roomId });
  }
}

/** Notes that a person's keys are others than before in a way that their own devices alone see. */
export async function announceToSelf(unit: Unit, userId: string): Promise<void> {
  await putSignatureChange(unit, { signer: userId, target: userId, position: unit.nextPosition() });
  unit.tell({ userId });
}
