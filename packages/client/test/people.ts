/**
 * What this package's tests share: sessions of people on a real server, whose requests can be watched and whose
 * answers can be bent on the way, as a server that lies would.
 */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import { createSession, type KeyValueStorage, memoryPlatform, memoryStorage, type RoomHandle } from '../src/index.ts';
import type { VerificationPhase, VerificationRequest } from '../src/trust-types.ts';
import type { RoomSummary, SottoSession, TimelineItem } from '../src/types.ts';
import { letGoOfLongTimers } from './timers.ts';

letGoOfLongTimers();

/** What went to the server, and a way to change what comes back. */
export interface Wire {
  /** Path with query and body of each request, in order. */
  sent: string[];
  /** Changes an answer's JSON in place; undefined leaves all as it is. */
  bend?: (path: string, body: Record<string, unknown>) => void;
  /** Requests that never reach the server, and are answered 403. */
  refuse?: (path: string) => boolean;
  /** Whether a request goes nowhere and is never answered, as when the page is closed. */
  cut?: (path: string) => boolean;
  /** What a request waits for on its way to the server; given up meanwhile, it never arrives. */
  stall?: (path: string) => Promise<void> | undefined;
  /** What an answer waits for on its way back. */
  hold?: (path: string) => Promise<void> | undefined;
  /** Changes where a request goes. */
  steer?: (url: URL) => void;
  /** How a request fails; undefined lets it pass. */
  fail?: (request: string) => Failing | undefined;
}

/** A request never arrives, the server falters over it, or the answer is lost after the server acted. */
export type Failing = 'refused' | 'faltered' | 'lost';

export interface TestPerson {
  name: string;
  userId: string;
  session: SottoSession;
  wire: Wire;
  storage: KeyValueStorage;
  /** The same person on the same device after a reload. */
  reload(): Promise<TestPerson>;
}

export interface PersonOptions {
  indexedDB?: IDBFactory;
  locks?: LockManager;
  storage?: KeyValueStorage;
  wire?: Wire;
  now?: () => number;
}

export const password = 'correct horse battery';
export const now = () => performance.timeOrigin + performance.now();

/** A session that nobody is logged in to yet. */
export function newSession(server: TestServer, name: string, options: PersonOptions = {}): Omit<TestPerson, 'userId'> {
  const { storage = memoryStorage(), wire = { sent: [] }, indexedDB, locks } = options;
  const stores = { storage, ...(indexedDB && { indexedDB }), ...(locks && { locks }) };
  const platform = memoryPlatform({ fetch: watchedFetch(wire), ...stores });
  const session = createSession({ baseUrl: server.url, now: options.now ?? now, name: `test-${name}`, platform });
  return {
    name,
    session,
    wire,
    storage,
    async reload() {
      await session.stop();
      const again = newSession(server, name, { ...options, storage, wire });
      await again.session.restore();
      return withUserId(again);
    },
  };
}

/** Registers a person, and waits until their session can be used. */
export async function newPerson(server: TestServer, name: string, options: PersonOptions = {}): Promise<TestPerson> {
  const person = newSession(server, name, options);
  await person.session.register({ username: name, password });
  return withUserId(person);
}

/** Logs in once more as a person, on a device of its own. */
export async function newDevice(server: TestServer, name: string, options: PersonOptions = {}): Promise<TestPerson> {
  const person = newSession(server, name, options);
  await person.session.logIn({ username: name, password });
  return withUserId(person);
}

function withUserId(person: Omit<TestPerson, 'userId'>): TestPerson {
  const phase = person.session.phase.get();
  assert.equal(phase.kind, 'ready', JSON.stringify(phase));
  return { ...person, userId: phase.kind === 'ready' ? phase.me.userId : '' };
}

function watchedFetch(wire: Wire): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    wire.steer?.(url);
    const { pathname, search } = url;
    const request = `${init?.method ?? 'GET'} ${pathname}${search}`;
    wire.sent.push(`${request} ${typeof init?.body === 'string' ? init.body : ''}`);
    if (wire.refuse?.(pathname)) return Response.json({ errcode: 'M_FORBIDDEN' }, { status: 403 });
    if (wire.cut?.(pathname)) return new Promise<never>(() => {});
    await unlessAborted(wire.stall?.(pathname), init?.signal);
    const failing = wire.fail?.(request);
    if (failing === 'refused') throw new TypeError('refused');
    if (failing === 'faltered') return Response.json({ errcode: 'M_UNKNOWN', error: 'faltered' }, { status: 500 });
    const answer = await fetch(url, init);
    await unlessAborted(wire.hold?.(pathname), init?.signal);
    if (failing === 'lost') throw new TypeError('lost');
    if (!wire.bend || !answer.headers.get('content-type')?.includes('json')) return answer;
    const body = (await answer.json()) as Record<string, unknown>;
    wire.bend(pathname, body);
    return Response.json(body, { status: answer.status });
  };
}

/** Waits as a fetch does: given up meanwhile, it throws at once. */
async function unlessAborted(wait: Promise<void> | undefined, signal: AbortSignal | null | undefined): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal?.reason);
  signal?.addEventListener('abort', end);
  await Promise.race([wait, promise]).finally(() => signal?.removeEventListener('abort', end));
  signal?.throwIfAborted();
}

/**
 * The crypto module lets go of its store when its memory is collected, whenever that is: here that is asked for. A page that
 * begins anew has none.
 */
export function collectMemory(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

/** Deletes the databases with such names, once whoever has them open has closed them. */
export async function deleteDatabases(isMeant: (name: string) => boolean): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name && isMeant(name) ? [name] : []));
  assert.ok(names.length > 0, 'there is something to delete');
  let isDone = false;
  const deleted = Promise.all(names.map(deleteDatabase)).finally(() => {
    isDone = true;
  });
  const look = () => {
    if (!isDone) collectMemory();
    return isDone;
  };
  await Promise.all([deleted, until(look, { what: 'nobody has the databases open' })]);
}

function deleteDatabase(name: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = indexedDB.deleteDatabase(name);
  request.onsuccess = () => resolve();
  request.onerror = () => reject(request.error);
  return promise;
}

/** Waits until the person's list has such a room. */
export function roomWhere(person: TestPerson, matches: (room: RoomSummary) => boolean): Promise<RoomSummary> {
  const look = () => person.session.rooms.get().find(matches);
  return until(look, { what: `${person.name} has such a room` });
}

/** Waits until the conversation has such a row; the error shows what it has instead. */
export async function itemWhere(handle: RoomHandle, matches: (item: TimelineItem) => boolean): Promise<TimelineItem> {
  const look = () => handle.timeline.get().items.find(matches);
  return until(look, { what: 'the conversation has such a row' }).catch((error: unknown) => {
    throw new Error(JSON.stringify(handle.timeline.get(), null, 1), { cause: error });
  });
}

/** Waits until this text was delivered in the conversation. */
export function arrived(handle: RoomHandle, text: string): Promise<TimelineItem> {
  return itemWhere(handle, (item) => item.kind === 'message' && item.text === text && item.delivery === 'sent');
}

/** Sends this text, and says by which of the room's keys. */
export async function keySentWith({ wire }: TestPerson, handle: RoomHandle, text: string): Promise<string> {
  handle.send(text);
  await arrived(handle, text);
  const sent = wire.sent.findLast((request) => request.includes('/send/m.room.encrypted/')) ?? '';
  return /"session_id":"([^"]+)"/.exec(sent)?.[1] ?? assert.fail(sent);
}

/** The texts of a conversation, in order. */
export function textsOf(handle: RoomHandle): string[] {
  return handle.timeline.get().items.flatMap((item) => (item.kind === 'message' ? [item.text] : []));
}

/** An encrypted direct message that both have joined and opened. */
export async function talk(
  from: TestPerson,
  to: TestPerson,
): Promise<{ roomId: string; a: RoomHandle; b: RoomHandle }> {
  const roomId = await from.session.openDirect(to.userId);
  await roomWhere(to, (room) => room.roomId === roomId && room.membership === 'invite');
  const [a, b] = [from.session.room(roomId), to.session.room(roomId)];
  await b.accept();
  await roomWhere(to, (room) => room.roomId === roomId && room.membership === 'join');
  const hasJoined = () =>
    a.details.get()?.members.some((member) => member.userId === to.userId && member.membership === 'join');
  await until(() => hasJoined() || undefined, { what: `${to.name} is seen to have joined` });
  return { roomId, a, b };
}

/** Waits until a verification of this person stands so. */
export function stands<K extends VerificationPhase['kind']>({ name, session }: TestPerson, kind: K) {
  type Standing = VerificationRequest & { phase: Extract<VerificationPhase, { kind: K }> };
  const look = () => session.verifications.get().find(({ phase }) => phase.kind === kind) as Standing | undefined;
  return until(look, { what: `a verification of ${name} is ${kind}` }).catch((error: unknown) => {
    throw new Error(JSON.stringify(session.verifications.get()), { cause: error });
  });
}

/** One asks to verify, a person where `whom` says nothing else, and the other accepts; the id of it, on either side. */
export async function agree(asker: TestPerson, asked: TestPerson, whom: object = { userId: asked.userId }) {
  const id = await asker.session.verifications.request(whom);
  const incoming = await stands(asked, 'incoming');
  assert.equal(incoming.id, id);
  await asked.session.verifications.accept(id);
  await Promise.all([stands(asker, 'choosing'), stands(asked, 'choosing')]);
  return id;
}

/** As `agree`, up to the emoji on both screens. */
export async function compare(asker: TestPerson, asked: TestPerson, whom?: object): Promise<string> {
  const id = await agree(asker, asked, whom);
  await asker.session.verifications.startEmoji(id);
  const [mine, theirs] = await Promise.all([stands(asker, 'emoji'), stands(asked, 'emoji')]);
  assert.deepEqual(mine.phase.ids, theirs.phase.ids);
  return id;
}

/** As `compare`, and both say that they match. */
export async function verify(asker: TestPerson, asked: TestPerson, whom?: object): Promise<string> {
  const id = await compare(asker, asked, whom);
  await Promise.all([asker, asked].map(({ session }) => session.verifications.confirm(id)));
  await Promise.all([stands(asker, 'done'), stands(asked, 'done')]);
  return id;
}
