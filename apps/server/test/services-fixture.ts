import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { compose, type ServiceParts } from '../src/compose.ts';
import { serviceParts } from './service-parts.ts';

/** What a test gives: a database and a folder that go away, a clock, and what is to be otherwise than `serviceParts`. */
export type FixtureParts = Pick<ServiceParts, 'database' | 'now' | 'monotonicMs'> & Partial<ServiceParts>;

/** The services without HTTP, and a verb that makes somebody with a device; closed after the test. */
export async function composeServices(t: TestContext, folder: string, parts: FixtureParts) {
  const media = { folder: join(folder, 'media'), maxUploadBytes: 0 };
  const { services, close } = await compose({ ...serviceParts(parts), media, ...parts });
  t.after(close);
  const register = async (username: string, deviceId: string): Promise<string> => {
    const account = { username, kind: 'user', device: { deviceId } } as const;
    return (await services.accounts.registration.register(account)).userId;
  };
  return { services, register };
}
