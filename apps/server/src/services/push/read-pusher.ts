import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Pusher } from '../../store/pushers.ts';

/** What `POST /pushers/set` may say of a pusher that is to be. */
export type PusherSettings = Pick<
  Pusher,
  'appId' | 'pushkey' | 'kind' | 'appDisplayName' | 'deviceDisplayName' | 'profileTag' | 'lang' | 'data'
>;

/** The path that every gateway has (push gateway API). */
const gatewayPath = '/_matrix/push/v1/notify';
const limits = { app_id: 64, pushkey: 512 } as const;
const mostDataBytes = 4096;

/**
 * Which pusher a request is about.
 * @throws MatrixError M_MISSING_PARAM, M_INVALID_PARAM
 */
export function readPusherKey(body: JsonObject): { appId: string; pushkey: string } {
  checkPresent(body, ['app_id', 'pushkey', 'kind']);
  const [appId, pushkey] = (['app_id', 'pushkey'] as const).map((name) => {
    const value = readText(body, name);
    if (Buffer.byteLength(value) > limits[name]) throw invalid(`${name} has at most ${limits[name]} bytes.`);
    return value;
  }) as [string, string];
  return { appId, pushkey };
}

/**
 * A pusher as a client describes it (specification, POST /pushers/set).
 * @throws MatrixError M_MISSING_PARAM, M_INVALID_PARAM
 */
export function readPusher(body: JsonObject): PusherSettings {
  const key = readPusherKey(body);
  checkPresent(body, ['app_display_name', 'device_display_name', 'lang', 'data']);
  if (body.kind !== 'http') throw invalid('This server has pushers of the kind http only.');
  if (typeof (body.append ?? false) !== 'boolean') throw invalid('append must be true or false.');
  return {
    ...key,
    kind: body.kind,
    appDisplayName: readText(body, 'app_display_name'),
    deviceDisplayName: readText(body, 'device_display_name'),
    profileTag: body.profile_tag === undefined || body.profile_tag === null ? null : readText(body, 'profile_tag'),
    lang: readText(body, 'lang'),
    data: readData(body.data),
  };
}

function readData(data: unknown): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw invalid('data must be an object.');
  const { url, format } = data as JsonObject;
  if (url === undefined) throw new MatrixError('M_MISSING_PARAM', 'Missing parameters: data.url');
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  // Plain http too: a gateway often runs beside the server.
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== gatewayPath) {
    throw invalid(`data.url must be an https address with the path ${gatewayPath}.`);
  }
  if (parsed.username !== '' || parsed.password !== '') throw invalid('data.url must not hold a password.');
  if (format !== undefined && typeof format !== 'string') throw invalid('data.format must be a text.');
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) > mostDataBytes) throw invalid(`data has at most ${mostDataBytes} bytes.`);
  return text;
}

function checkPresent(body: JsonObject, names: readonly string[]): void {
  const missing = names.filter((name) => body[name] === undefined);
  if (missing.length > 0) throw new MatrixError('M_MISSING_PARAM', `Missing parameters: ${missing.join(', ')}`);
}

function readText(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw invalid(`${name} must be a text.`);
  if (Buffer.byteLength(value) > 1024) throw invalid(`${name} is too long.`);
  return value;
}

const invalid = (message: string) => new MatrixError('M_INVALID_PARAM', message);
