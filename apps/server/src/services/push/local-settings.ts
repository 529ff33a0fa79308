import type { Unit } from '../../log/writer.ts';
import { getAccountData, putAccountData } from '../../store/account-data.ts';

/** Account data by which a device is silenced from others, one for each (MSC3890). */
const prefixes = ['m.local_notification_settings.', 'org.matrix.msc3890.local_notification_settings.'];

/** Takes away what silenced a device that is gone. */
export async function forgetLocalSettings(unit: Unit, userId: string, deviceId: string): Promise<void> {
  for (const prefix of prefixes) {
    const place = { userId, roomId: '', type: `${prefix}${deviceId}` };
    const content = await getAccountData(unit, place);
    if (content === undefined || content === '{}') continue;
    await putAccountData(unit, { ...place, content: '{}', position: unit.nextPosition() });
    unit.tell({ userId });
  }
}
