/**
 * Dehydrated devices (MSC3814): a device without a login that lies on the server, so that messages can be sent to a
 * person who has no device. It has keys and gets messages as any other; a later device of that person reads them.
 * Imports `store/`, `log/` and the verbs of `keys/`; how a device is forgotten is given to it.
 */
import { fitsBytes, type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { getDehydratedDevice, putDehydratedDevice } from '../../store/dehydrated-devices.ts';
import { getDevice } from '../../store/devices.ts';
import { listToDeviceMessages } from '../../store/to-device-messages.ts';
import type { WithDevice } from '../devices/forget-device.ts';
import { announceKeys } from '../keys/announce-keys.ts';
import { loadCrossSigningKeys } from '../keys/cross-signing.ts';
import { checkUpload, type KeyUpload, storeUpload } from '../keys/upload-keys.ts';
import { maxDeviceBytes } from '../keys/uploaded-keys.ts';
import { RawJson } from '../raw-json.ts';

export interface NewDehydratedDevice {
  deviceId: string;
  displayName?: string | undefined;
  deviceData: JsonObject;
  keys: KeyUpload & { deviceKeys: JsonObject };
}

export interface DehydratedDevices {
  /**
   * Lays down a device in the place of the one before.
   * @throws MatrixError M_BAD_JSON, M_INVALID_SIGNATURE, M_TOO_LARGE; M_FORBIDDEN when the id is taken
   */
  put(userId: string, device: NewDehydratedDevice): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND */
  get(userId: string): Promise<{ deviceId: string; deviceData: RawJson }>;
  /** Deletes it and all that waits for it; resolves with its id. @throws MatrixError M_NOT_FOUND */
  remove(userId: string): Promise<string>;
  /**
   * Messages that wait for it, oldest first. They stay until it is deleted: who reads them may break off.
   * @param from where an earlier page ended
   * @throws MatrixError M_FORBIDDEN when this is not the dehydrated device, M_INVALID_PARAM
   */
  events(
    device: { userId: string; deviceId: string },
    page: { from: string | undefined; limit: number },
  ): Promise<DehydratedEvents>;
}

export interface DehydratedEvents {
  events: RawJson[];
  /** Where the page ends. */
  end: string;
  hasMore: boolean;
}

export function createDehydratedDevices(parts: {
  db: Queryable;
  log: LogWriter;
  forgetDevice: WithDevice;
}): DehydratedDevices {
  const { db, log, forgetDevice } = parts;

  async function find(source: Queryable, userId: string) {
    const device = await getDehydratedDevice(source, userId);
    if (device === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no dehydrated device.');
    return device;
  }

  return {
    async put(userId, { deviceId, displayName, deviceData, keys }) {
      if (deviceId === '' || !fitsBytes(deviceId) || !fitsBytes(displayName ?? ''))
        throw new MatrixError('M_INVALID_PARAM', 'A device id or name has at most 255 bytes.');
      const data = JSON.stringify(deviceData);
      if (!fitsBytes(data, maxDeviceBytes))
        throw new MatrixError('M_TOO_LARGE', `A dehydrated device has at most ${maxDeviceBytes} bytes.`);
      const device = { userId, deviceId };
      const upload = checkUpload(device, keys);
      await log.write(async (unit) => {
        const identity = await loadCrossSigningKeys(unit, userId);
        const isKey = [...identity.values()].some(({ publicKey }) => publicKey === deviceId);
        if (isKey || (await getDevice(unit, userId, deviceId)) !== undefined)
          throw new MatrixError('M_FORBIDDEN', 'A device or a key has this id already.');
        const before = await getDehydratedDevice(unit, userId);
        if (before !== undefined && before.deviceId !== deviceId) await forgetDevice(unit, userId, before.deviceId);
        const row = { ...device, displayName: displayName ?? null, deviceData: data };
        await putDehydratedDevice(unit, row);
        if (await storeUpload(unit, device, upload)) await announceKeys(unit, userId);
      });
    },
    async get(userId) {
      const { deviceId, deviceData } = await find(db, userId);
      return { deviceId, deviceData: new RawJson(deviceData) };
    },
    remove: (userId) =>
      log.write(async (unit) => {
        const { deviceId } = await find(unit, userId);
        await forgetDevice(unit, userId, deviceId);
        return deviceId;
      }),
    async events(device, { from, limit }) {
      if ((await getDehydratedDevice(db, device.userId))?.deviceId !== device.deviceId)
        throw new MatrixError('M_FORBIDDEN', 'This is not your dehydrated device.');
      if (from !== undefined && !/^\d{1,15}$/.test(from))
        throw new MatrixError('M_INVALID_PARAM', 'This token was not given out here.');
      const since = Number(from ?? 0);
      const range = { since, upto: Number.MAX_SAFE_INTEGER, limit: limit + 1 };
      const found = await listToDeviceMessages(db, device, range);
      const page = found.slice(0, limit);
      return {
        events: page.map(({ json }) => new RawJson(json)),
        end: `${page.at(-1)?.position ?? since}`,
        hasMore: found.length > limit,
      };
    },
  };
}
