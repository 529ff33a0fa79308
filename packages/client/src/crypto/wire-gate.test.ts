import assert from 'node:assert/strict';
import test from 'node:test';
import { clearTextRefused, createWireGate, parseSend } from './wire-gate.ts';

const base = 'http://hs.invalid/_matrix/client/v3';
const room = encodeURIComponent('!secret:hs');
const doubtful = encodeURIComponent('!doubtful:hs');
const open = encodeURIComponent('!open:hs');
const canary = 'canary-text';
const megolmContent = {
  algorithm: 'm.megolm.v1.aes-sha2',
  ciphertext: 'AwgA',
  session_id: 's',
  device_id: 'D',
  sender_key: 'k',
};

/** Sends through the gate; what reached the network. */
async function pass(path: string, body: unknown): Promise<{ status: number; reached: string[]; errcode?: string }> {
  const reached: string[] = [];
  const gate = createWireGate({
    fetch: async (input, init) => {
      reached.push(`${String(input)} ${String(init?.body)}`);
      return Response.json({});
    },
    mayPassClear: (roomId) => roomId === '!open:hs',
    mayVerifyClear: (roomId) => roomId === '!doubtful:hs',
  });
  const answer = await gate(base + path, {
    method: 'PUT',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const { errcode } = (await answer.json()) as { errcode?: string };
  return { status: answer.status, reached, ...(errcode && { errcode }) };
}

const relation = { rel_type: 'm.replace', event_id: '$1' };
const passes: readonly [string, string, unknown][] = [
  ['Megolm', `/rooms/${room}/send/m.room.encrypted/t1`, megolmContent],
  ['Megolm with a relation', `/rooms/${room}/send/m.room.encrypted/t1`, { ...megolmContent, 'm.relates_to': relation }],
  ['a redaction without words', `/rooms/${room}/redact/%241/t1`, {}],
  [
    'an emoji',
    `/rooms/${room}/send/m.reaction/t1`,
    { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$1', key: '👍🏽' } },
  ],
  ['a message in an open room', `/rooms/${open}/send/m.room.message/t1`, { body: canary }],
  ['an Olm message', '/sendToDevice/m.room.encrypted/t1', { messages: {} }],
  ['a step of verification', '/sendToDevice/m.key.verification.mac/t1', { messages: {} }],
  ['a step in a room whose people are in question', `/rooms/${doubtful}/send/m.key.verification.mac/t1`, {}],
  ['a refusal to share', '/sendToDevice/m.room_key.withheld/t1', { messages: {} }],
  ['a sync', '/sync?since=1', ''],
  ['a receipt', `/rooms/${room}/receipt/m.read/%241`, {}],
  ['typing', `/rooms/${room}/typing/%40a%3Ahs`, { typing: true }],
];

for (const [name, path, body] of passes) {
  test(`wire gate lets through ${name}`, async () => {
    const { status, reached } = await pass(path, body);
    assert.equal(status, 200);
    assert.equal(reached.length, 1);
  });
}

const reply = { 'm.relates_to': { 'm.in_reply_to': { event_id: '$1', body: canary } } };
const stopped: readonly [string, string, unknown][] = [
  ['a clear message', `/rooms/${room}/send/m.room.message/t1`, { body: canary }],
  ['a clear message under r0', `/../r0/rooms/${room}/send/m.room.message/t1`, { body: canary }],
  ['a message to an unknown room', `/rooms/%21other%3Ahs/send/m.room.message/t1`, { body: canary }],
  ['words in a room whose people are in question', `/rooms/${doubtful}/send/m.room.message/t1`, { body: canary }],
  ['a step where all is sealed', `/rooms/${room}/send/m.key.verification.mac/t1`, {}],
  ['a type of its own', `/rooms/${room}/send/org.example.note/t1`, { note: canary }],
  ['text beside the ciphertext', `/rooms/${room}/send/m.room.encrypted/t1`, { ...megolmContent, body: canary }],
  [
    'text inside the relation',
    `/rooms/${room}/send/m.room.encrypted/t1`,
    { ...megolmContent, 'm.relates_to': { ...relation, key: canary } },
  ],
  ['text inside the reply', `/rooms/${room}/send/m.room.encrypted/t1`, { ...megolmContent, ...reply }],
  ['another algorithm', `/rooms/${room}/send/m.room.encrypted/t1`, { algorithm: 'm.none', ciphertext: canary }],
  ['a body that is no JSON', `/rooms/${room}/send/m.room.encrypted/t1`, canary],
  ['a reason for a redaction', `/rooms/${room}/redact/%241/t1`, { reason: canary }],
  [
    'words as a reaction',
    `/rooms/${room}/send/m.reaction/t1`,
    { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$1', key: canary } },
  ],
  [
    'text beside a reaction',
    `/rooms/${room}/send/m.reaction/t1`,
    { body: canary, 'm.relates_to': { rel_type: 'm.annotation', event_id: '$1', key: '👍' } },
  ],
  ['a room key in clear', '/sendToDevice/m.room_key/t1', { messages: {} }],
  ['a forwarded key in clear', '/sendToDevice/m.forwarded_room_key/t1', { messages: {} }],
  ['a secret in clear', '/sendToDevice/m.secret.send/t1', { messages: {} }],
];

for (const [name, path, body] of stopped) {
  test(`wire gate stops ${name}`, async () => {
    const { status, reached, errcode } = await pass(path, body);
    assert.deepEqual({ status, errcode, reached }, { status: 400, errcode: clearTextRefused, reached: [] });
  });
}

test('wire gate: a path that cannot be decoded reaches nothing', async () => {
  await assert.rejects(() => pass('/rooms/%E0%A4%A/send/m.room.message/t1', { body: canary }), URIError);
});

test('wire gate: a room id with slashes is read whole', () => {
  const sent = parseSend('/_matrix/client/v3/rooms/!a%2Fsend%2Fm.room.encrypted/send/m.room.message/t1');
  assert.deepEqual(sent, { kind: 'event', roomId: '!a/send/m.room.encrypted', type: 'm.room.message' });
});
