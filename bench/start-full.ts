import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type TestServer } from '@sotto/testing';
import type { Bench, Figure } from './bench.ts';
import { median } from './load/ask.ts';
import { openSeed, type Person, type Seed } from './load/seed.ts';
import { residentBytes } from './machine.ts';

const fewEvents = 10_000;
const manyEvents = 1_000_000;
const rooms = 100;
const membersEach = 10;
const starts = 3;
/** What the larger folder takes, with what is being written. */
const neededBytes = 1.5e9;
/** One transaction each, so that what waits to be copied into the database stays small. */
const eventsPerUnit = 50_000;

export const startFull: Bench = {
  name: 'start-full',
  sentence: `a start with ${manyEvents.toLocaleString('en')} events stored until the first answer, and the memory it takes beside one with ${fewEvents.toLocaleString('en')}`,
  async run({ say }) {
    const { bavail, bsize } = statfsSync(tmpdir());
    if (bavail * bsize < neededBytes) throw new Error(`${tmpdir()} has less than ${neededBytes / 1e9} GB of room`);
    const few = await measureWith(fewEvents);
    say(`with ${fewEvents} events: a start in ${few.startMs.toFixed(0)} ms`);
    const many = await measureWith(manyEvents);
    return [
      { name: 'start', value: many.startMs / 1000, unit: 's', goal: { most: 1.5 } },
      ...memoryFigures('after the start', few.startBytes, many.startBytes),
      ...memoryFigures('after some use', few.usedBytes, many.usedBytes),
    ];
  },
};

function memoryFigures(when: string, few: number, many: number): Figure[] {
  return [
    { name: `memory ${when}, ${fewEvents} events`, value: few / 1e6, unit: 'MB' },
    { name: `memory ${when}, ${manyEvents} events`, value: many / 1e6, unit: 'MB' },
    // Caches of pages are filled sooner where there is more; they have a fixed size.
    { name: `grown by, ${when}`, value: (many - few) / 1e6, unit: 'MB', goal: { most: 50 } },
  ];
}

interface Measured {
  startMs: number;
  startBytes: number;
  usedBytes: number;
}

async function measureWith(events: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  try {
    const dataDir = join(folder, 'data');
    const seed = await openSeed(dataDir);
    const people = await fill(seed, events).finally(seed.close);
    // What follows the log comes to its end, as on a server that has run all along.
    await measureStart(dataDir, people);
    const measured: Measured[] = [];
    for (let n = 0; n < starts; n++) measured.push(await measureStart(dataDir, people));
    const middle = (key: keyof Measured) => median(measured.map((each) => each[key]));
    return { startMs: middle('startMs'), startBytes: middle('startBytes'), usedBytes: middle('usedBytes') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureStart(dataDir: string, people: readonly Person[]): Promise<Measured> {
  const beganMs = performance.now();
  const server = await startServer({ dataDir });
  try {
    await server.api('GET', '/versions');
    const startMs = performance.now() - beganMs;
    const startBytes = residentBytes(server.pid as number);
    await use(server, people);
    return { startMs, startBytes, usedBytes: residentBytes(server.pid as number) };
  } finally {
    await server.stop();
  }
}

/** First syncs, and reading back in a room of each. */
async function use({ api }: TestServer, people: readonly Person[]): Promise<void> {
  const ask = async (token: string, path: string) => {
    const { status, body } = await api('GET', path, { token });
    if (status !== 200) throw new Error(`${path} was answered ${status}`);
    return body;
  };
  for (const { accessToken } of people) {
    const { rooms: told } = await ask(accessToken, '/v3/sync');
    const [[roomId, { timeline }]] = Object.entries<{ timeline: { prev_batch: string } }>(told.join) as [
      [string, { timeline: { prev_batch: string } }],
    ];
    const from = encodeURIComponent(timeline.prev_batch);
    await ask(accessToken, `/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=100&from=${from}`);
  }
}

/** Encrypted messages in all rooms in turn. Gives one member of every tenth room. */
async function fill(seed: Seed, events: number): Promise<Person[]> {
  const people = await seed.people('person', rooms * membersEach);
  const places: { roomId: string; sender: string }[] = [];
  for (let start = 0; start < people.length; start += membersEach) {
    const members = people.slice(start, start + membersEach);
    places.push({ roomId: await seed.room(members), sender: (members[1] as Person).userId });
  }
  for (let written = 0; written < events; written += eventsPerUnit)
    await write(seed, places, Math.min(eventsPerUnit, events - written));
  return people.filter((_, n) => n % (10 * membersEach) === 0);
}

/** As services/timeline writes events, but thousands by one statement. */
function write(seed: Seed, places: readonly { roomId: string; sender: string }[], count: number): Promise<void> {
  return seed.write(async (unit) => {
    const first = unit.nextPosition();
    for (let n = 1; n < count; n++) unit.nextPosition();
    await unit.run(
      `INSERT INTO events (position, room_id, event_id, type, sender, origin_server_ts, depth, json, pdu)
       WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?),
         place AS (SELECT key, value ->> 'roomId' AS room_id, value ->> 'sender' AS sender FROM json_each(?)),
         fresh AS MATERIALIZED (SELECT i, '$' || lower(hex(randomblob(22))) AS event_id FROM n)
       SELECT ? + i, room_id, event_id, 'm.room.encrypted', sender, ? + i, 20 + i / ?,
         '{"type":"m.room.encrypted","event_id":"' || event_id || '","sender":"' || sender || '","origin_server_ts":' || (? + i) ||
           ',"content":{"algorithm":"m.megolm.v1.aes-sha2","session_id":"' || hex(randomblob(22)) || '","ciphertext":"' ||
           hex(randomblob(100)) || '"}}',
         '{"auth_events":["' || event_id || '"],"prev_events":["' || event_id || '"],"hashes":{"sha256":"' || event_id || '"}}'
       FROM fresh JOIN place ON place.key = i % ?`,
      count,
      JSON.stringify(places),
      first,
      Date.now() - count,
      places.length,
      Date.now() - count,
      places.length,
    );
  });
}
