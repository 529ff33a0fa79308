import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDice, temporaryDatabase } from '@sotto/testing';
import { findEventByTime, listMessagesBefore, oldestMessageMs } from './event-times.ts';
import { getRoomHead, insertEvent } from './events.ts';
import { migrations } from './migrations/index.ts';

const roomId = '!times:example.org';

/** A room's history in which some events are dated back, beside another room's, with the moments it holds. */
async function writeHistory(db: Awaited<ReturnType<typeof temporaryDatabase>>['writer'], seed: number) {
  const dice = createDice(seed);
  const moments: { position: number; ts: number; isState: boolean }[] = [];
  let latestTs = 1000;
  let clock = 1000;
  for (let position = 1; position <= 60; position++) {
    clock += dice(4);
    const isOther = dice(5) === 0;
    const ts = dice(4) === 0 ? clock - dice(60) : clock;
    const isState = dice(6) === 0;
    const isLate = !isOther && ts < latestTs;
    await insertEvent(db, {
      ...{
        position,
        roomId: isOther ? '!other:example.org' : roomId,
        eventId: `$${position}`,
        type: 'm.x',
        json: '{}',
      },
      ...{ sender: '@a:example.org', stateKey: isState ? '' : null, depth: 1, originServerTs: ts, pdu: '{}', isLate },
      ...{ unsigned: null, deviceId: null, transactionId: null, relType: null, relatesTo: null, redactedBy: null },
    });
    if (isOther) continue;
    latestTs = Math.max(latestTs, ts);
    moments.push({ position, ts, isState });
  }
  return { moments, latestTs, dice };
}

test('an event is found by its time as by looking at all, dated back or not', async (t) => {
  for (let seed = 1; seed <= 12; seed++) {
    const { writer } = await temporaryDatabase(t, migrations);
    const { moments, latestTs, dice } = await writeHistory(writer, seed);
    for (let attempt = 0; attempt < 60; attempt++) {
      const ts = 990 + dice(140);
      const from = dice(50);
      const ranges = [
        { from, upto: from + dice(20) },
        { from: from + 30, upto: from + 40 + dice(20) },
      ];
      const seen = moments.filter(({ position: at }) => ranges.some((range) => range.from <= at && at <= range.upto));
      const after = seen.filter((moment) => moment.ts >= ts).sort((a, b) => a.ts - b.ts || a.position - b.position)[0];
      const before = seen.filter((moment) => moment.ts <= ts).sort((a, b) => b.ts - a.ts || b.position - a.position)[0];
      const forwards = await findEventByTime(writer, roomId, { ts, direction: 'f', ranges });
      const backwards = await findEventByTime(writer, roomId, { ts, direction: 'b', ranges });
      assert.equal(forwards?.position, after?.position, `seed ${seed}, attempt ${attempt}, forwards from ${ts}`);
      assert.equal(backwards?.position, before?.position, `seed ${seed}, attempt ${attempt}, backwards from ${ts}`);
    }
    assert.equal((await getRoomHead(writer, roomId))?.latestTs, latestTs);
  }
});

test('messages up to a time are listed, state and later ones are not', async (t) => {
  const { writer } = await temporaryDatabase(t, migrations);
  const { moments } = await writeHistory(writer, 7);
  const messages = moments.filter(({ isState }) => !isState);
  assert.equal(await oldestMessageMs(writer, roomId), Math.min(...messages.map(({ ts }) => ts)));
  for (const beforeMs of [900, 1010, 1030, 2000]) {
    const due = messages.filter(({ ts }) => ts <= beforeMs).map(({ position }) => position);
    const listed = await listMessagesBefore(writer, roomId, { beforeMs, limit: 1000 });
    assert.deepEqual(
      listed.sort((a, b) => a - b),
      due,
    );
    assert.equal((await listMessagesBefore(writer, roomId, { beforeMs, limit: 3 })).length, Math.min(3, due.length));
  }
});

test('a database from before learns which of its events are late', async (t) => {
  const step = migrations.findIndex(({ name }) => name === 'late-events');
  const { writer } = await temporaryDatabase(t, migrations.slice(0, step));
  const times = [5, 7, 6, 7, 8, 1];
  for (const [index, ts] of times.entries())
    await writer.run(
      `INSERT INTO events (position, room_id, event_id, type, sender, origin_server_ts, depth, json, pdu)
       VALUES (?, ?, ?, 'm.x', '@a:example.org', ?, 1, '{}', '{}')`,
      index + 1,
      roomId,
      `$${index}`,
      ts,
    );
  for (const statement of (migrations[step]?.sql ?? '').split(/;\s*$/m))
    if (statement.trim()) await writer.run(statement);
  const rows = await writer.all<{ late: number }>('SELECT is_late AS late FROM events ORDER BY position');
  assert.deepEqual(
    rows.map(({ late }) => late),
    [0, 0, 1, 0, 0, 1],
  );
});
