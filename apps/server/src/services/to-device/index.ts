/**
 * Messages from device to device: kept until the receiving device has them, then deleted (specification, "Send-to-Device
 * messaging"). Reading is `services/sync/streams/to-device.ts`. Imports `store/`, `log/`, and from `keys/` who is
 * of this server; `quotas/` is given to it.
 */

import { fitsBytes, type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { isAddressable, listAddressableDeviceIds } from '../../store/dehydrated-devices.ts';
import type { DeviceRef } from '../../store/devices.ts';
import {
  addWaitingBytes,
  deleteToDeviceMessages,
  hasToDeviceMessages,
  insertToDeviceMessage,
} from '../../store/to-device-messages.ts';
import { deleteOldTransactions, hasTransaction, insertTransaction } from '../../store/transactions.ts';
import { splitByServer } from '../keys/query-keys.ts';
import { type Quotas, rowBytes } from '../quotas/index.ts';

export interface ToDeviceSend {
  sender: DeviceRef;
  type: string;
  transactionId: string;
  /** By person, by device id or `*` for all devices: the content. */
  messages: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
}

export interface ToDevice {
  /**
   * Puts one message into the log for each device; the same transaction id from the same device does it once. Devices
   * that do not exist get nothing, nor do those at which too much of the same sender waits already (`quotas`). What one
   * sends to all devices of a person counts as often as they have devices.
   * @throws MatrixError M_TOO_LARGE, M_INVALID_PARAM, M_LIMIT_EXCEEDED
   */
  send(message: ToDeviceSend): Promise<void>;
  /**
   * A device has asked for what comes after `since`, so it has everything up to there: that is deleted, beside the
   * asking, which waits for nothing.
   */
  acknowledge(device: DeviceRef, since: number): void;
}

/** Transaction ids are remembered for so many positions of the log: half an hour of the heaviest load. */
const keptPositions = 10_000_000;
/** The most that one message may have, as an event. */
const maxMessageBytes = 65_536;

export function createToDevice(parts: {
  db: Queryable;
  log: LogWriter;
  serverName: string;
  quotas: Pick<Quotas, 'waitingBytes' | 'takeBytes'>;
}): ToDevice {
  const { db, log, serverName, quotas } = parts;

  async function forget(device: DeviceRef, since: number): Promise<void> {
    if (await hasToDeviceMessages(db, device, since))
      await log.write((unit) => deleteToDeviceMessages(unit, device, since));
  }

  return {
    async send({ sender, type, transactionId, messages }) {
      const outgoing = readMessages({ sender: sender.userId, type, messages, serverName });
      const key = { ...sender, path: `sendToDevice ${type}`, transactionId };
      await log.write(async (unit) => {
        if (await hasTransaction(unit, key)) return;
        const addressed: Addressed[] = [];
        for (const message of outgoing) addressed.push(await address(unit, message));
        const more = addressed.reduce((sum, each) => sum + bytesBeyondSent(each), 0);
        if (more > 0) quotas.takeBytes(sender.userId, more);
        for (const message of addressed)
          await deliver(unit, { ...message, sender: sender.userId, most: quotas.waitingBytes });
        const position = unit.nextPosition();
        await insertTransaction(unit, key, position);
        // Who repeats a request does so within minutes; now and then is enough to bound what is kept.
        if (position % 256 === 0) await deleteOldTransactions(unit, sender, position - keptPositions);
      });
    },
    acknowledge(device, since) {
      // What could not be deleted now is deleted after the next time it is asked for.
      forget(device, since).catch(() => undefined);
    },
  };
}

interface Outgoing extends DeviceRef {
  json: string;
}

/** A message with the devices that it goes to. */
interface Addressed {
  userId: string;
  deviceIds: string[];
  json: string;
  bytes: number;
}

function readMessages({
  sender,
  type,
  messages,
  serverName,
}: {
  sender: string;
  type: string;
  messages: ToDeviceSend['messages'];
  serverName: string;
}): Outgoing[] {
  if (!fitsBytes(type)) throw new MatrixError('M_INVALID_PARAM', 'An event type has at most 255 bytes.');
  const head = `{"type":${JSON.stringify(type)},"sender":${JSON.stringify(sender)},"content":`;
  const { localIds } = splitByServer(Object.keys(messages), serverName);
  return localIds.flatMap((userId) =>
    Object.entries(messages[userId] ?? {}).map(([deviceId, content]) => {
      const json = `${head}${JSON.stringify(content)}}`;
      if (!fitsBytes(json, maxMessageBytes))
        throw new MatrixError('M_TOO_LARGE', `A message to a device has at most ${maxMessageBytes} bytes.`);
      return { userId, deviceId, json };
    }),
  );
}

async function address(unit: Unit, { userId, deviceId, json }: Outgoing): Promise<Addressed> {
  const isThere = async () => isAddressable(unit, { userId, deviceId });
  const deviceIds =
    deviceId === '*' ? await listAddressableDeviceIds(unit, userId) : (await isThere()) ? [deviceId] : [];
  return { userId, deviceIds, json, bytes: Buffer.byteLength(json) };
}

/** The sender sent its text once. */
function bytesBeyondSent({ deviceIds, bytes }: Addressed): number {
  return deviceIds.length === 0 ? 0 : deviceIds.length * (bytes + rowBytes.toDevice) - bytes;
}

async function deliver(
  unit: Unit,
  { userId, deviceIds, json, bytes, sender, most }: Addressed & { sender: string; most: number },
): Promise<void> {
  for (const deviceId of deviceIds) {
    const device = { userId, deviceId };
    if (!(await addWaitingBytes(unit, { ...device, sender, bytes, most }))) continue;
    await insertToDeviceMessage(unit, { ...device, sender, json, position: unit.nextPosition() });
  }
  unit.tell({ userId });
}
