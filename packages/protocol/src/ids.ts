/** Identifiers (specification, appendices, "Identifier Grammar"). Lengths are in bytes of UTF-8. */

/** User ids, room ids, aliases, event ids, event types and state keys end here. */
export const maxIdBytes = 255;

/** The two halves of `@local:server`, `#local:server` or an older `!local:server`. */
export type ServerScopedId = { readonly localpart: string; readonly serverName: string };

const ipv6Literal = /^[0-9A-Fa-f:.]{2,45}$/;
const dnsName = /^[0-9A-Za-z.-]{1,255}$/;
const port = /^[0-9]{1,5}$/;
const strictLocalpart = /^[a-z0-9._=/+-]+$/;
const hash = /^[A-Za-z0-9_-]{43}$/;
const mediaId = /^[A-Za-z0-9_-]{1,255}$/;
const namespaced = /^[a-z][a-z0-9._-]{0,254}$/;

/** How many bytes a text has in UTF-8. A lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    const isPair = (unit & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (isPair) index++; // four bytes for two units: 2 counted, 2 added
  }
  return bytes;
}

/** True when the text is at most `limit` bytes of UTF-8. */
export function fitsBytes(text: string, limit: number = maxIdBytes): boolean {
  return text.length * 3 <= limit || (text.length <= limit && utf8Length(text) <= limit);
}

/** True for a server name: host, `[IPv6]` or IPv4, with an optional port. */
export function isServerName(value: string): boolean {
  const bracket = value.startsWith('[') ? value.indexOf(']') : -1;
  if (value.startsWith('[') && bracket < 0) return false;
  const colon = value.indexOf(':', bracket + 1);
  const host = colon < 0 ? value : value.slice(0, colon);
  if (colon >= 0 && !port.test(value.slice(colon + 1))) return false;
  if (bracket > 0) return host.length === bracket + 1 && ipv6Literal.test(host.slice(1, -1));
  return dnsName.test(host);
}

function parseScoped(value: string, sigil: string): ServerScopedId | undefined {
  if (!value.startsWith(sigil) || !fitsBytes(value) || !value.isWellFormed() || value.includes('\0')) return undefined;
  const colon = value.indexOf(':');
  if (colon < 0) return undefined;
  const serverName = value.slice(colon + 1);
  return isServerName(serverName) ? { localpart: value.slice(1, colon), serverName } : undefined;
}

/** Reads `@localpart:server`, with the wide, historical set of characters that servers must accept. */
export function parseUserId(value: string): ServerScopedId | undefined {
  return parseScoped(value, '@');
}

/** True for a user id in the historical grammar: what may stand in an event. */
export function isUserId(value: unknown): value is string {
  return typeof value === 'string' && parseScoped(value, '@') !== undefined;
}

/** True for a localpart that may be given to a new account: `a-z 0-9 . _ = - / +`. */
export function isStrictLocalpart(localpart: string): boolean {
  return strictLocalpart.test(localpart);
}

/** `@localpart:server`; says nothing about its validity. */
export function makeUserId(localpart: string, serverName: string): string {
  return `@${localpart}:${serverName}`;
}

/** The server of a `@user:server`, `#alias:server` or `!room:server`; `undefined` for a room id without one. */
export function serverNameOf(id: string): string | undefined {
  const colon = id.indexOf(':');
  return colon < 0 ? undefined : id.slice(colon + 1);
}

/** True for a room id: a hash (version 12 and later) or `!opaque:server`. */
export function isRoomId(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return isHashRoomId(value) || parseScoped(value, '!') !== undefined;
}

/** True for the room id of version 12 and later, which is the create event's hash. */
export function isHashRoomId(value: string): boolean {
  return value.startsWith('!') && hash.test(value.slice(1));
}

/** Reads `#localpart:server`. */
export function parseRoomAlias(value: string): ServerScopedId | undefined {
  const alias = parseScoped(value, '#');
  return alias?.localpart === '' ? undefined : alias;
}

/** True for `#localpart:server`. */
export function isRoomAlias(value: unknown): value is string {
  return typeof value === 'string' && parseRoomAlias(value) !== undefined;
}

/** True for an event id. Clients treat it as opaque, and older rooms have other forms: only sigil and length count. */
export function isEventId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 1 && value.startsWith('$') && fitsBytes(value);
}

/** True for a device id: opaque, not empty, no control characters, at most 255 bytes. */
export function isDeviceId(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || !fitsBytes(value) || !value.isWellFormed()) return false;
  for (let index = 0; index < value.length; index++) if (value.charCodeAt(index) < 0x20) return false;
  return true;
}

/** True for the "Common Namespaced Identifier Grammar": `[a-z][a-z0-9._-]*`, at most 255 characters. */
export function isNamespacedId(value: unknown): value is string {
  return typeof value === 'string' && namespaced.test(value);
}

/** Where a piece of media lives. */
export type MxcUri = { readonly serverName: string; readonly mediaId: string };

/** Reads `mxc://server/mediaId`; the media id can't leave its folder (`A-Z a-z 0-9 _ -` only). */
export function parseMxcUri(value: string): MxcUri | undefined {
  if (!value.startsWith('mxc://')) return undefined;
  const slash = value.indexOf('/', 6);
  if (slash < 0) return undefined;
  const uri = { serverName: value.slice(6, slash), mediaId: value.slice(slash + 1) };
  return isServerName(uri.serverName) && isMediaId(uri.mediaId) ? uri : undefined;
}

/** True for the second half of an mxc URI. */
export function isMediaId(value: string): boolean {
  return mediaId.test(value);
}

/** `mxc://server/mediaId`. */
export function makeMxcUri(serverName: string, id: string): string {
  return `mxc://${serverName}/${id}`;
}
