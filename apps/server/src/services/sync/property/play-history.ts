import type { Deed } from './random-history.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of any shape, and a wrong guess fails the comparison
type Json = any;

/** Someone who may be refused. */
export interface Person {
  userId: string;
  deviceId: string;
  api(method: string, path: string, options?: { body?: unknown }): Promise<{ status: number; body: Json }>;
}

/** The rooms that a history has made so far, and what was written in them. */
export interface Stage {
  people: readonly [Person, Person, Person];
  rooms: { roomId: string; version: string; eventIds: string[] }[];
  /** Messages that were sent to the first person's device, in order for each sender. */
  sentToDevice: { sender: string; number: number }[];
  nextId: number;
}

type Of<Kind extends Deed['kind']> = Extract<Deed, { kind: Kind }>;

/** Does one deed. Refusals are fine; anything else than an answer or a refusal is not. */
export async function play(stage: Stage, deed: Deed): Promise<void> {
  if (deed.kind === 'create') return create(stage, deed);
  if (deed.kind === 'accountData') return setAccountData(stage, deed);
  if (deed.kind === 'toDevice') return sendToDevice(stage, deed);
  if (deed.kind === 'profile') {
    const path = `/v3/profile/${encodeURIComponent(personOf(stage, deed.who).userId)}/displayname`;
    await ask(stage, deed.who, ['PUT', path, { displayname: `Name ${deed.value}` }]);
    return;
  }
  await inRoom(stage, deed);
}

const personOf = ({ people }: Stage, who: number) => people[who % people.length] as Person;

async function ask(stage: Stage, who: number, [method, path, body]: [string, string, unknown]): Promise<Json> {
  const answer = await personOf(stage, who).api(method, path, { body });
  if (answer.status >= 500) throw new Error(`${method} ${path} was answered ${answer.status}`);
  return answer.status === 200 ? answer.body : undefined;
}

async function create(stage: Stage, deed: Of<'create'>): Promise<void> {
  const created = await ask(stage, deed.who, [
    'POST',
    '/v3/createRoom',
    {
      room_version: deed.version,
      preset: 'public_chat',
      initial_state: [
        { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: deed.visibility } },
        { type: 'm.room.join_rules', state_key: '', content: { join_rule: deed.joinRule } },
      ],
      power_level_content_override: { state_default: 0, kick: 0, ban: 0, invite: 0, redact: 50 },
    },
  ]);
  if (created !== undefined) stage.rooms.push({ roomId: created.room_id, version: deed.version, eventIds: [] });
}

async function inRoom(
  stage: Stage,
  deed: Exclude<Deed, Of<'create'> | Of<'accountData'> | Of<'toDevice'> | Of<'profile'>>,
): Promise<void> {
  const room = stage.rooms[deed.room % Math.max(1, stage.rooms.length)];
  if (room === undefined) return;
  const eventId = room.eventIds[(deed as Of<'say'>).event % Math.max(1, room.eventIds.length)];
  const path = `/v3/rooms/${encodeURIComponent(room.roomId)}`;
  const request = requestOf(stage, deed, { path, eventId });
  if (request === undefined) return;
  const answer = await ask(stage, deed.who, request);
  if (typeof answer?.event_id === 'string') room.eventIds.push(answer.event_id);
}

function requestOf(
  stage: Stage,
  deed: Of<'move'> | Of<'say'> | Of<'state'> | Of<'redact'> | Of<'receipt'>,
  { path, eventId }: { path: string; eventId: string | undefined },
): [string, string, unknown] | undefined {
  const id = stage.nextId++;
  switch (deed.kind) {
    case 'move': {
      const isOwn = ['join', 'leave', 'knock'].includes(deed.verb);
      if (deed.verb === 'knock') return ['POST', path.replace('/v3/rooms/', '/v3/knock/'), {}];
      return ['POST', `${path}/${deed.verb}`, isOwn ? {} : { user_id: personOf(stage, deed.whom).userId }];
    }
    case 'say':
      return say(deed, { path, eventId, id });
    case 'state':
      return [
        'PUT',
        `${path}/state/${deed.type}/`,
        {
          name: `Name ${deed.value}`,
          topic: `Topic ${deed.value}`,
          history_visibility: ['shared', 'joined', 'invited', 'world_readable'][deed.value],
        },
      ];
    case 'redact':
      return eventId === undefined ? undefined : ['PUT', `${path}/redact/${encodeURIComponent(eventId)}/${id}`, {}];
    case 'receipt': {
      if (eventId === undefined) return undefined;
      const body = deed.thread === '' ? {} : { thread_id: deed.thread };
      return ['POST', `${path}/receipt/${deed.type}/${encodeURIComponent(eventId)}`, body];
    }
  }
}

function say(
  { how }: Of<'say'>,
  { path, eventId, id }: { path: string; eventId: string | undefined; id: number },
): [string, string, unknown] {
  const text = { msgtype: 'm.text', body: `Message ${id}` };
  const relation = (relType: string) => ({ rel_type: relType, event_id: eventId ?? '$none' });
  if (how === 'reaction') {
    const content = { 'm.relates_to': { ...relation('m.annotation'), key: `${id}` } };
    return ['PUT', `${path}/send/m.reaction/${id}`, content];
  }
  if (how === 'other') return ['PUT', `${path}/send/org.example.other/${id}`, { number: id }];
  const relType = how === 'thread' ? 'm.thread' : how === 'edit' ? 'm.replace' : undefined;
  const content = {
    ...text,
    ...(relType !== undefined && { 'm.relates_to': relation(relType) }),
    ...(how === 'edit' && { 'm.new_content': text }),
  };
  return ['PUT', `${path}/send/m.room.message/${id}`, content];
}

async function setAccountData(stage: Stage, { room, type, value }: Of<'accountData'>): Promise<void> {
  const user = `/v3/user/${encodeURIComponent(stage.people[0].userId)}`;
  const ofRoom = stage.rooms[room];
  const place = ofRoom === undefined ? '' : `/rooms/${encodeURIComponent(ofRoom.roomId)}`;
  await ask(stage, 0, ['PUT', `${user}${place}/account_data/org.example.${type}`, { value }]);
}

async function sendToDevice(stage: Stage, { who, count }: Of<'toDevice'>): Promise<void> {
  const { userId, deviceId } = stage.people[0];
  for (let sent = 0; sent < count; sent++) {
    const number = stage.nextId++;
    const messages = { [userId]: { [deviceId]: { number } } };
    await ask(stage, who, ['PUT', `/v3/sendToDevice/org.example.note/${number}`, { messages }]);
    stage.sentToDevice.push({ sender: personOf(stage, who).userId, number });
  }
}
