/**
 * Every key of the configuration, once. This table drives the check, the type of the result, `sotto.example.yaml`
 * and the table in docs/operating.md (`node tools/config-docs.ts` writes both; a test compares them).
 */
import { isIP } from 'node:net';
import { choice, flag, integer, type Kind, list, text } from './kinds.ts';

/** One key: what it holds, what it is without a word of the operator, and one sentence on what it does. */
export interface Key<T, Default = T> {
  kind: Kind<T>;
  /** `undefined` when there is no value, or when it follows from other keys: then `defaultNote` says how. */
  default: Default;
  defaultNote?: string;
  sentence: string;
  /** Never printed, also not when it is wrong. */
  isSecret?: true;
}

/** Matrix specification, appendices, "Server name". */
const serverName = /^(?:[0-9A-Za-z.-]{1,230}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

function isWebOrigin(value: string): boolean {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.port === '0') return false;
  return url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
}

function isWebPage(value: string): boolean {
  return /^https?:$/.test(URL.parse(value)?.protocol ?? '');
}

/** What Fastify takes as `trustProxy`. */
function isAddressRange(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [address = '', bits, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function hasScheme(...schemes: readonly string[]): (value: string) => boolean {
  return (value) => schemes.some((scheme) => value.startsWith(`${scheme}:`) && value.length > scheme.length + 1);
}

const isRoomKind = (value: string) => ['direct', 'private', 'public', 'team'].includes(value);
const isFilled = (value: string) => value.trim() !== '';
const isDatabase = (value: string) => value === 'sqlite' || hasScheme('sqlite', 'postgres', 'postgresql')(value);
const isMailAddress = (value: string) => /^[^<>]*<[^@\s<>]+@[^@\s<>]+>$|^[^@\s<>]+@[^@\s<>]+$/.test(value);
const isSmtpUrl = (value: string) => /^smtps?:$/.test(URL.parse(value)?.protocol ?? '');

export const keys = {
  'server.name': {
    kind: text('a host name, with a port if it needs one', (value) => serverName.test(value)),
    default: 'localhost',
    sentence: 'The part of every user id after the colon. It can never be changed once people have accounts.',
  },
  'server.publicUrl': {
    kind: text('an http or https address without a path', isWebOrigin),
    default: undefined,
    defaultNote: 'http://localhost:PORT',
    sentence: 'Where people reach this server with their browsers; links that it hands out begin so.',
  },
  'server.contactEmail': {
    kind: text('a mail address', isMailAddress),
    default: undefined,
    sentence: 'Where people reach the operator by mail; told at /.well-known/matrix/support.',
  },
  'server.contactPage': {
    kind: text('an http or https address', isWebPage),
    default: undefined,
    sentence: 'A page that helps people of this server; told at /.well-known/matrix/support.',
  },
  'listen.host': {
    kind: text('a host name or an IP address', isFilled),
    default: 'localhost',
    sentence: 'Where it listens; `localhost` means 127.0.0.1 and ::1, `0.0.0.0` every IPv4 and `::` every address.',
  },
  'listen.port': {
    kind: integer(0, 65535),
    default: 8008,
    sentence: 'The port that it listens on; 0 takes a free one.',
  },
  'listen.trustedProxies': {
    kind: list('addresses, networks like 10.0.0.0/8, loopback, linklocal, uniquelocal', isAddressRange),
    default: ['loopback'],
    sentence:
      'Reverse proxies whose X-Forwarded-For header is believed, so that limits count people and not the proxy.',
  },
  dataDir: {
    kind: text('the path of a folder', isFilled),
    default: './data',
    sentence: 'The folder that holds everything Sotto keeps; made when it is missing.',
  },
  database: {
    kind: text('sqlite, sqlite:PATH, postgres://…', isDatabase),
    default: 'sqlite',
    sentence: 'Where the log and the tables are; `sqlite` is a file in dataDir.',
    isSecret: true,
  },
  'registration.mode': {
    kind: choice('open', 'invite', 'closed'),
    default: 'invite',
    sentence: 'Who may make an account: anyone, those with an invite link, or nobody.',
  },
  'registration.sharedSecret': {
    kind: text('any text that is not empty', isFilled),
    default: undefined,
    sentence: 'Lets admin tools make accounts through /_synapse/admin/v1/register; off without it.',
    isSecret: true,
  },
  'guests.enabled': {
    kind: flag(),
    default: false,
    sentence: 'Whether a client may make a guest account (kind=guest) without a password.',
  },
  'rateLimits.enabled': {
    kind: flag(),
    default: true,
    sentence:
      'Whether requests are limited, and guesses, mails, invites and the bytes that a person sends; off only for measurements and tests.',
  },
  'quotas.mediaBytes': {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    default: 10 * GiB,
    sentence: 'The most that the files of one person may have, in bytes; 0 is no limit, here and below.',
  },
  'quotas.accountDataBytes': {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    default: 20 * MiB,
    sentence: 'The same for what the clients of one person keep as settings: account data, tags, filters.',
  },
  'quotas.keyBackupBytes': {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    default: GiB,
    sentence: 'The same for the key backups of one person.',
  },
  'quotas.waitingBytes': {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    default: 16 * MiB,
    sentence:
      'The most that may wait from one person at one device that fetches nothing; what comes on top of it is not kept.',
  },
  'quotas.devices': {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    default: 1000,
    sentence: 'The most sessions that one person may have.',
  },
  'quotas.rooms': {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    default: 10_000,
    sentence: 'The most rooms that one person may be in.',
  },
  'passwordHash.memoryKiB': {
    kind: integer(8, 4 * MiB),
    default: 19456,
    sentence: 'Memory of the argon2id hash of a password, in KiB (OWASP: 19456 with 2 iterations).',
  },
  'passwordHash.iterations': {
    kind: integer(1, 100),
    default: 2,
    sentence: 'Iterations of the argon2id hash of a password.',
  },
  'rooms.defaultVersion': {
    kind: choice('10', '11', '12'),
    default: '12',
    sentence: 'The version of new rooms when a client does not ask for one.',
  },
  'encryption.direct': {
    kind: choice('forbidden', 'optional', 'default', 'forced'),
    default: 'default',
    sentence:
      'Encryption of direct chats. `forbidden` and `forced` bind everybody; the others leave it to people, and the web app begins with it.',
  },
  'encryption.private': {
    kind: choice('forbidden', 'optional', 'default', 'forced'),
    default: 'default',
    sentence: 'The same for rooms that people enter by invitation, knocking or through a team.',
  },
  'encryption.public': {
    kind: choice('forbidden', 'optional', 'default', 'forced'),
    default: 'optional',
    sentence: 'The same for rooms that anyone may join.',
  },
  'encryption.team': {
    kind: choice('forbidden', 'optional', 'default', 'forced'),
    default: 'default',
    sentence: 'The same for teams (spaces) themselves; their rooms are private or public.',
  },
  'encryption.verifiedOnly': {
    kind: list('direct, private, public, team', isRoomKind),
    default: [],
    sentence:
      'Kinds of rooms whose encrypted messages the web app sends to verified people alone, whatever its people set. Guests can not be verified.',
  },
  'retention.maxLifetimeDays': {
    kind: integer(0, 36_500),
    default: 0,
    sentence: 'For how many days messages are kept in rooms that do not say themselves; 0 keeps them for ever.',
  },
  applicationServices: {
    kind: list('a list of paths of registration files', isFilled),
    default: [],
    sentence: 'Registration files of application services (bridges, bots).',
  },
  'publicRooms.withoutToken': {
    kind: flag(),
    default: false,
    sentence: 'Whether the list of public rooms can be read without logging in.',
  },
  'media.maxUploadBytes': {
    kind: integer(1, Number.MAX_SAFE_INTEGER),
    default: 50 * MiB,
    sentence: 'The largest file that can be uploaded, in bytes.',
  },
  'media.legacyEndpoints': {
    kind: flag(),
    default: false,
    sentence: 'Whether files can be fetched without logging in, for clients older than Matrix 1.11.',
  },
  'urlPreview.enabled': {
    kind: flag(),
    default: false,
    sentence: 'Whether the server fetches pages to preview links.',
  },
  'urlPreview.allowPrivateAddresses': {
    kind: flag(),
    default: false,
    sentence: 'Whether previews may fetch from private addresses; only for tests, it opens the internal network.',
  },
  'push.allowPrivateAddresses': {
    kind: flag(),
    default: undefined,
    defaultNote: 'only if server.publicUrl is private',
    sentence: 'Whether push gateways may be in a private network; people choose their gateway themselves.',
  },
  'email.smtpUrl': {
    kind: text('smtp://USER:PASSWORD@HOST:PORT or smtps://…', isSmtpUrl),
    default: undefined,
    sentence: 'The mail server that sends for Sotto; no mail without it.',
    isSecret: true,
  },
  'email.from': {
    kind: text('a mail address, or Name <address>', isMailAddress),
    default: undefined,
    sentence: 'The sender of these mails.',
  },
  'turn.uris': {
    kind: list('a list of turn: or turns: addresses', hasScheme('turn', 'turns')),
    default: [],
    sentence: 'TURN servers that carry calls between people who cannot reach each other directly.',
  },
  'turn.sharedSecret': {
    kind: text('any text that is not empty', isFilled),
    default: undefined,
    sentence: 'The static-auth-secret that these TURN servers share with Sotto.',
    isSecret: true,
  },
  'turn.ttlSeconds': {
    kind: integer(60, 604800),
    default: 86400,
    sentence: 'How long handed-out TURN credentials are good for, in seconds.',
  },
  'log.level': {
    kind: choice('error', 'warn', 'info', 'debug'),
    default: 'info',
    sentence: 'The least severe line that is logged.',
  },
} as const satisfies Record<string, Key<unknown, unknown>>;

export type KeyName = keyof typeof keys;

/** All key names, in the order of the table. */
export const keyNames = Object.keys(keys) as readonly KeyName[];

/** The environment variable of a key: `rateLimits.enabled` → `SOTTO_RATE_LIMITS_ENABLED`. */
export function environmentName(name: string): string {
  const snake = name.replace('KiB', 'Kib').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `SOTTO_${snake.replaceAll('.', '_').toUpperCase()}`;
}
