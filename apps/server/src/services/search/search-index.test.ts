import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryBus } from '@sotto/bus';
import { temporaryDatabase, until } from '@sotto/testing';
import { openLogWriter } from '../../log/writer.ts';
import { findByWords } from '../../store/event-search.ts';
import { migrations } from '../../store/migrations/index.ts';
import { openSearchIndex } from './search-index.ts';

const columns = 'position, room_id, event_id, type, sender, origin_server_ts, depth, json, pdu';
const logging = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };

test('what the disk refused and kept nevertheless is not put into the index twice', async (t) => {
  let isFailing = false;
  const syncFile = () => (isFailing ? Promise.reject(new Error('EIO')) : Promise.resolve());
  const database = await temporaryDatabase(t, migrations, { syncFile });
  const bus = createMemoryBus();
  const log = await openLogWriter({ database, bus, restMs: 20 });
  t.after(() => log.close());
  const db = database.durable;
  const index = await openSearchIndex({ db, log, bus, logging, newest: () => log.durablePosition() });
  t.after(() => index.close());
  const say = (body: string) =>
    log.write(async (unit) => {
      const position = unit.nextPosition();
      const json = JSON.stringify({ type: 'm.room.message', content: { body } });
      const values = [position, '!r', `$${position}`, 'm.room.message', '@a:b', 0, position, json, '{}'];
      await unit.run(`INSERT INTO events (${columns}) VALUES (${values.map(() => '?').join(', ')})`, ...values);
      return position;
    });
  const written = await say('walrus');
  isFailing = true;
  await assert.rejects(index.reach(written), { errcode: 'M_UNKNOWN' });
  isFailing = false;
  const said = await until(() => say('walrus again').catch(() => undefined), { what: 'the disk is mended' });
  await index.reach(said);
  const place = { columns: ['body'] as const, roomIds: ['!r'], upto: said, limit: 10 };
  const found = await findByWords(db, { wanted: ['walrus'], unwanted: [] }, place);
  assert.deepEqual(
    found.map((hit) => hit.position),
    [said, written],
  );
});
