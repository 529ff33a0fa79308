/**
 * The server: configuration → build → listen → close. The only place that knows the environment, the clock and the
 * process. `node apps/server/src/main.ts --config FILE` runs it alone.
 */
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createMemoryBus } from '@sotto/bus';
import type { AppserviceRegistration } from '@sotto/protocol';
import { DatabaseRefusedError, openSqlite } from '@sotto/sql';
import type { FastifyInstance } from 'fastify';
import { type Composition, compose } from './compose.ts';
import { damageNote, databaseFile, mediaFolder } from './config/data-folder.ts';
import { type Config, ConfigError, loadConfig, publicUrlAt } from './config/index.ts';
import { loadRegistrations } from './config/registrations.ts';
import { adminApiRoutes } from './http/admin-api/routes.ts';
import { clientApiRoutes } from './http/client-api/routes.ts';
import { type Listening, listen } from './http/listen.ts';
import { createGuessLimit, createRateLimiter, noRateLimits, type RateLimiter } from './http/rate-limit.ts';
import { createHttpServer } from './http/server.ts';
import { sottoApiRoutes } from './http/sotto-api/routes.ts';
import { createLogging, type Logging } from './logging.ts';
import { isPrivateHost } from './services/outbound/index.ts';
import { randomText } from './services/random-text.ts';
import { migrations } from './store/migrations/index.ts';

interface Running {
  close(): Promise<void>;
}

/** How long an orderly end may take before the process ends anyway. All that was acknowledged is on disk by then. */
const closeLimitMs = 1800;

try {
  const config = loadConfig({ argv: process.argv.slice(2), env: process.env, readFile: readTextFile });
  const registrations = loadRegistrations(config.applicationServices, readTextFile);
  const logging = createLogging(config.log.level, (line) => process.stdout.write(`${line}\n`));
  // Heard from the first moment: a signal during the start ends the server as soon as it stands.
  const ended = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  const running = await start(config, registrations, logging);
  ended.then(() => end(running, logging));
} catch (error) {
  const isForOperator = error instanceof ConfigError || error instanceof DatabaseRefusedError;
  process.stderr.write(`${isForOperator ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}

async function start(config: Config, registrations: AppserviceRegistration[], logging: Logging): Promise<Running> {
  fs.mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const database = await openSqlite({ path: databaseFile(config), migrations });
  let publicUrl = config.server.publicUrl;
  const limiter = config.rateLimits.enabled ? createRateLimiter(() => performance.now()) : noRateLimits;
  const composition = await compose({
    database,
    bus: createMemoryBus(),
    logging,
    now: Date.now,
    mayCleanUp: () => !fs.existsSync(damageNote(config)),
    monotonicMs: () => performance.now(),
    random: randomText,
    serverName: config.server.name,
    publicUrl: () => publicUrl,
    defaultRoomVersion: config.rooms.defaultVersion,
    encryptionPolicy: config.encryption,
    passwordHash: config.passwordHash,
    limitsRates: config.rateLimits.enabled,
    quotas: {
      limits: config.quotas,
      infoUri: () => config.server.contactPage ?? publicUrl,
      takeBytes: (userId, bytes) => limiter.take('bytes', userId, bytes),
    },
    defaultLifetimeMs: defaultLifetimeMs(config),
    allowPrivatePushGateways: config.push.allowPrivateAddresses ?? isPrivateHost(new URL(publicUrl).hostname),
    registrations,
    guesses: createGuessLimit(limiter),
    limitMails: (address) => limiter.take('mail', `to ${address}`),
    email: { smtpUrl: config.email.smtpUrl, from: config.email.from },
    turn: config.turn,
    registrationSecret: config.registration.sharedSecret,
    urlPreview: config.urlPreview,
    media: { folder: mediaFolder(config), maxUploadBytes: config.media.maxUploadBytes },
  });
  const server = createServer(config, composition, { logging, limiter, publicUrl: () => publicUrl });
  let listening: Listening | undefined;
  const running: Running = {
    async close() {
      // Long polls are answered first, which takes them a turn: closing then cuts whoever still hangs on.
      composition.notifier.close();
      await nextTurn();
      await (listening ?? server).close();
      await composition.close();
      await database.close();
    },
  };
  try {
    listening = await listen(server, config.listen);
  } catch (error) {
    await running.close();
    throw listenError(error, config);
  }
  const { port } = listening;
  publicUrl = publicUrlAt(config, port);
  if (fs.existsSync(damageNote(config))) logging.error('damage was found: nothing is cleared away', {});
  logging.info('listening', { port, url: publicUrl });
  const firstRunToken = await composition.services.invites.firstRunToken();
  if (firstRunToken !== undefined) process.stdout.write(`First-run link: ${publicUrl}/#/invite/${firstRunToken}\n`);
  return running;
}

function createServer(
  config: Config,
  { services }: Composition,
  { logging, limiter, publicUrl }: { logging: Logging; limiter: RateLimiter; publicUrl: () => string },
): FastifyInstance {
  const settings = {
    serverName: config.server.name,
    registrationMode: config.registration.mode,
    guestsEnabled: config.guests.enabled,
    defaultRoomVersion: config.rooms.defaultVersion,
    publicRoomsWithoutToken: config.publicRooms.withoutToken,
    legacyMediaEndpoints: config.media.legacyEndpoints,
    publicUrl,
    contact: { email: config.server.contactEmail, page: config.server.contactPage },
    sendsMail: config.email.smtpUrl !== undefined,
    defaultLifetimeMs: defaultLifetimeMs(config),
  };
  const { verifiedOnly, ...encryption } = config.encryption;
  const webAppDir = fileURLToPath(new URL('../../web/dist', import.meta.url));
  return createHttpServer({
    isAppserviceToken: services.appservices.knows,
    findRequester: (token, as) =>
      services.appservices.findMasked(token, as) ?? services.accounts.accessTokens.find(token),
    endpoints: [
      ...clientApiRoutes(services, settings),
      ...sottoApiRoutes(services, encryption, verifiedOnly),
      ...adminApiRoutes(services, config.server.name),
    ],
    limiter,
    logging,
    trustedProxies: config.listen.trustedProxies,
    ...(fs.existsSync(webAppDir) && { webAppDir }),
  });
}

/** How long messages are kept in rooms that do not say themselves; undefined for ever. */
function defaultLifetimeMs({ retention: { maxLifetimeDays } }: Config): number | undefined {
  return maxLifetimeDays === 0 ? undefined : maxLifetimeDays * 86_400_000;
}

async function end(running: Running, logging: Logging): Promise<void> {
  setTimeout(() => process.exit(0), closeLimitMs).unref();
  await running.close();
  logging.info('stopped');
  process.exit(0);
}

function listenError(error: unknown, { listen: { host, port } }: Config): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    return new ConfigError([`listen.port is ${port}, but another program already uses it on ${host}`]);
  if (code === 'EACCES') return new ConfigError([`listen.port is ${port}, which this user may not open`]);
  return error;
}

function readTextFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
