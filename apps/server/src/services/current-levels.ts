import type { Unit } from '../log/writer.ts';
import type { RoomMemory } from './room-memory.ts';
import { type PowerLevels, readPowerLevels } from './room-rules/power-levels.ts';

/** The power levels in force, inside a unit of work; undefined when there is no such room. */
export async function currentLevels(unit: Unit, memory: RoomMemory, roomId: string): Promise<PowerLevels | undefined> {
  const version = await memory.version(unit, roomId);
  if (version === undefined) return undefined;
  const create = await memory.state(unit, roomId, { type: 'm.room.create', stateKey: '' });
  const power = await memory.state(unit, roomId, { type: 'm.room.power_levels', stateKey: '' });
  return readPowerLevels(version, (type) => (type === 'm.room.create' ? create : power));
}
