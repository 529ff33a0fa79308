/** Whether somebody is there, as others see it (specification, "Presence"). */
export type PresenceState = 'online' | 'unavailable' | 'offline';

/** A device, as far as it says whether its person is there. */
interface Device {
  state: PresenceState;
  /** Polls of this device that are being answered now. */
  polls: number;
  /** When it last polled or did something, on the monotonic clock. */
  seenMs: number;
}

/** What is known of one person, in memory only. Times are of the monotonic clock, in milliseconds. */
export interface Person {
  devices: Map<string, Device>;
  lastActiveMs: number | undefined;
  statusMsg: string | undefined;
  /** What of it is kept for after a restart. */
  keptStatusMsg: string | undefined;
  /** Whether they have said something of themselves since the start. */
  hasSaid: boolean;
  /** What others were told last. */
  told: { state: PresenceState; isActive: boolean; statusMsg: string | undefined };
}

/** A device that has not polled for so long is gone. */
export const goneAfterMs = 30_000;
/** A person who did nothing for so long is idle. */
export const idleAfterMs = 5 * 60_000;
/** For so long somebody counts as active, and nobody is told of what else they do. */
export const activeForMs = 60_000;

export function newPerson(): Person {
  return {
    devices: new Map(),
    lastActiveMs: undefined,
    statusMsg: undefined,
    keptStatusMsg: undefined,
    hasSaid: false,
    told: { state: 'offline', isActive: false, statusMsg: undefined },
  };
}

export function deviceOf(person: Person, deviceId: string): Device {
  const device = person.devices.get(deviceId) ?? { state: 'offline', polls: 0, seenMs: 0 };
  person.devices.set(deviceId, device);
  return device;
}

/** Forgets devices that have gone. */
export function dropGone(person: Person, nowMs: number): void {
  for (const [deviceId, device] of person.devices)
    if (device.polls === 0 && nowMs - device.seenMs >= goneAfterMs) person.devices.delete(deviceId);
}

/** The state of the device that is most there; a person who did nothing for long is idle on all of them. */
export function stateOf(person: Person, nowMs: number): PresenceState {
  const states = [...person.devices.values()].map((device) => device.state);
  const isIdle = person.lastActiveMs === undefined || nowMs - person.lastActiveMs >= idleAfterMs;
  if (states.includes('online')) return isIdle ? 'unavailable' : 'online';
  return states.includes('unavailable') ? 'unavailable' : 'offline';
}

export function isActive(person: Person, nowMs: number): boolean {
  const isRecent = person.lastActiveMs !== undefined && nowMs - person.lastActiveMs < activeForMs;
  return isRecent && stateOf(person, nowMs) === 'online';
}

/** In how many milliseconds time alone may change what others see; undefined while nobody is there. */
export function nextChangeMs(person: Person, nowMs: number): number | undefined {
  const waits: number[] = [];
  for (const device of person.devices.values()) if (device.polls === 0) waits.push(device.seenMs + goneAfterMs - nowMs);
  if (person.lastActiveMs !== undefined && stateOf(person, nowMs) === 'online') {
    waits.push(person.lastActiveMs + idleAfterMs - nowMs);
    if (isActive(person, nowMs)) waits.push(person.lastActiveMs + activeForMs - nowMs);
  }
  return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
}
