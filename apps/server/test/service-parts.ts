import { createMemoryBus } from '@sotto/bus';
import type { ServiceParts } from '../src/compose.ts';
import { createLogging } from '../src/logging.ts';
import { noQuotaLimits } from '../src/services/quotas/index.ts';
import { randomText } from '../src/services/random-text.ts';

/** What the services take beside a database and a folder, as a test's server has it (packages/testing). Errors throw. */
export const serviceParts = (
  clock: Pick<ServiceParts, 'now' | 'monotonicMs'>,
): Omit<ServiceParts, 'database' | 'media'> => ({
  ...clock,
  bus: createMemoryBus(),
  logging: createLogging('error', (line) => {
    throw new Error(line);
  }),
  mayCleanUp: () => true,
  random: randomText,
  serverName: 'localhost',
  publicUrl: () => 'http://localhost',
  defaultRoomVersion: '12',
  encryptionPolicy: { direct: 'default', private: 'default', public: 'optional', team: 'default' },
  limitsRates: false,
  quotas: { limits: noQuotaLimits, infoUri: () => 'http://localhost', takeBytes: () => undefined },
  defaultLifetimeMs: undefined,
  allowPrivatePushGateways: true,
  registrations: [],
  passwordHash: { memoryKiB: 64, iterations: 1 },
  guesses: { take: () => undefined, giveBack: () => undefined },
  limitMails: () => undefined,
  email: { smtpUrl: undefined, from: undefined },
  registrationSecret: undefined,
  urlPreview: { enabled: false, allowPrivateAddresses: false },
  turn: { uris: [], sharedSecret: undefined, ttlSeconds: 0 },
});
