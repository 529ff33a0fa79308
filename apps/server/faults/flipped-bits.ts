import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createTestRoom, registerUser, startServer, type TestServer, temporaryFolder, until } from '@sotto/testing';
import { defineFault, type Stage, upTo } from './fault.ts';
import { startWithClock } from './shifted-clock.ts';

const checkPath = fileURLToPath(new URL('../src/check.ts', import.meta.url));
const hourMs = 3600_000;
const pageBytes = 4096;

/** C13: one bit of an event, of an index and of a file, each in a copy of a data folder that is whole. */
export const flippedBits = defineFault({
  name: 'flipped-bits',
  sentence: 'C13: a bit that turned in a row, an index or a file is found, and nothing is cleared away while it stands',
  small: { messages: 20, flips: 1 },
  full: { messages: 500, flips: 60 },
  async run(stage, { messages, flips }) {
    const whole = temporaryFolder(stage);
    const { token, expiring } = await fill(stage, whole, messages);
    assert.deepEqual(check(whole), { status: 0, output: 'Everything is as it was written.\n' });
    for (const index of upTo(flips)) {
      for (const [name, flip] of Object.entries(places)) {
        const copy = temporaryFolder(stage);
        cpSync(whole, copy, { recursive: true });
        flip(copy, index);
        const { status, output } = check(copy);
        assert.equal(status, 1, `a flipped bit in ${name} is found`);
        assert.ok(!output.includes('canary'), 'what was written is not told');
        rmSync(copy, { recursive: true });
      }
      if (index % 10 === 9) stage.say(`${index + 1} of each kind found`);
    }
    flipInFile(whole, 0);
    assert.equal(check(whole).status, 1);
    const { server, setClock } = await startWithClock(stage, { dataDir: whole });
    assert.ok(server.output().includes('damage was found'), 'the operator is told');
    setClock(2 * hourMs);
    await server.restart();
    const count = () => countMessages(server, token, expiring);
    assert.equal(await count(), 3, 'what has expired is still there');
    flipInFile(whole, 0);
    assert.equal(check(whole).status, 0, 'the check takes its note back, also while a server runs');
    await server.restart();
    await until(async () => (await count()) === 0, { what: 'what has expired goes' });
    return `${flips} bits of each kind, all found`;
  },
});

/** A data folder with rooms of two versions, files, and a room whose messages are kept for an hour. */
async function fill(stage: Stage, dataDir: string, messages: number) {
  const server = await startServer({ dataDir });
  stage.after(server.stop);
  const mira = await registerUser(server, 'mira');
  const room = await createTestRoom(mira);
  for (const index of upTo(messages)) await room.say(mira, `canary ${index} ${'x'.repeat(200)}`);
  await room.redact(mira, await room.say(mira, 'canary, struck out'));
  const old = await createTestRoom(mira, { room_version: '10' });
  await old.redact(mira, await old.say(mira, 'canary of old'), 'because');
  for (const index of upTo(3)) await mira.call('POST', '/_matrix/media/v3/upload', `file ${index} ${'y'.repeat(5000)}`);
  const expiring = await createTestRoom(mira);
  for (const index of upTo(3)) await expiring.say(mira, `canary ${index}`);
  await expiring.set(mira, 'm.room.retention', { max_lifetime: hourMs });
  await server.terminate();
  return { token: mira.accessToken, expiring: expiring.roomId };
}

async function countMessages(server: TestServer, token: string, roomId: string): Promise<number> {
  const filter = encodeURIComponent('{"types":["m.room.message"]}');
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&filter=${filter}`;
  return (await server.api('GET', path, { token })).body.chunk.length;
}

function check(dataDir: string): { status: number | null; output: string } {
  const env = { ...process.env, SOTTO_DATA_DIR: dataDir };
  const { status, stdout, stderr } = spawnSync(process.execPath, [checkPath], { cwd: dataDir, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** Where a bit may turn; `index` varies the place. */
const places: Readonly<Record<string, (folder: string, index: number) => void>> = {
  'the row of an event': flipInRow,
  'an index': flipInIndex,
  'a file': flipInFile,
};

/** In the text of an event: x and y are a bit apart. SQLite does it, for the file has old copies that mean nothing. */
function flipInRow(folder: string, index: number): void {
  const db = new DatabaseSync(join(folder, 'sotto.db'));
  const { changes } = db
    .prepare('UPDATE events SET json = replace(json, ?, ?) WHERE json LIKE ?')
    .run(`canary ${index} xxx`, `canary ${index} xxy`, `%canary ${index} xxx%`);
  db.close();
  assert.equal(changes, 1);
}

/** In an event id in a leaf of an index. */
function flipInIndex(folder: string, index: number): void {
  const file = join(folder, 'sotto.db');
  const bytes = readFileSync(file);
  const found: number[] = [];
  for (let page = pageBytes; page < bytes.length; page += pageBytes) {
    for (const { from, upTo: end } of indexCells(bytes, page)) {
      const match = /\$[\w-]{43}/.exec(bytes.toString('latin1', from, end));
      if (match !== null) found.push(from + match.index + 5);
    }
  }
  assert.ok(found.length > 0, 'there is an index of event ids');
  flip(file, bytes, found[(index * 37) % found.length] as number);
}

/** The cells of a page that is the leaf of an index, and of no other (sqlite.org/fileformat2.html#b_tree_pages). */
function indexCells(bytes: Buffer, page: number): { from: number; upTo: number }[] {
  if (bytes[page] !== 10) return [];
  return upTo(bytes.readUInt16BE(page + 3)).flatMap((cell) => {
    const from = page + bytes.readUInt16BE(page + 8 + 2 * cell);
    const payload = bytes[from] as number;
    // A length of one byte is enough for these.
    return payload < 128 ? { from: from + 1, upTo: from + 1 + payload } : [];
  });
}

function flipInFile(folder: string, index: number): void {
  const media = join(folder, 'media');
  const files = readdirSync(media, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const { parentPath, name } = files[index % files.length] as (typeof files)[number];
  const file = join(parentPath, name);
  const bytes = readFileSync(file);
  flip(file, bytes, (index * 101) % bytes.length);
}

function flip(file: string, bytes: Buffer, at: number): void {
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(file, bytes);
}
