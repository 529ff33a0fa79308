import { RawJson } from '../raw-json.ts';

const raised = ['age', 'redacted_because', 'replaces_state', 'prev_content'];

/** An event with the members that clients of this API look for: the sender under its old name, and some of `unsigned`. */
export function inOldForm({ text }: RawJson): RawJson {
  const event = JSON.parse(text);
  for (const name of raised) if (event.unsigned?.[name] !== undefined) event[name] = event.unsigned[name];
  return new RawJson(JSON.stringify({ ...event, user_id: event.sender }));
}

/** `m.presence` with the person inside its content too. */
export function presenceInOldForm({ text }: RawJson): RawJson {
  const event = JSON.parse(text);
  return new RawJson(JSON.stringify({ ...event, content: { ...event.content, user_id: event.sender } }));
}

/** What is no event of a timeline, with its room; `event` is JSON text of an object that is not empty. */
export function ofRoom(roomId: string, { text }: RawJson): RawJson {
  return new RawJson(`${text.slice(0, -1)},"room_id":${JSON.stringify(roomId)}}`);
}
