import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '@sotto/sql';
import { createDice, type Dice, temporaryDatabase } from '@sotto/testing';
import { insertEvent, markRedacted } from '../../store/events.ts';
import { putMembership } from '../../store/memberships.ts';
import { migrations } from '../../store/migrations/index.ts';
import { putReceipt } from '../../store/receipts.ts';
import { insertRoom } from '../../store/rooms.ts';
import { createReadPersonRules } from './person-rules.ts';
import { createEvaluateIn } from './room-evaluation.ts';
import { createUnreadCounts, type RoomUnread } from './unread-counts.ts';

const me = '@me:example.org';
const roomId = '!room';

/** A message as the test remembers it. */
interface Said {
  position: number;
  sender: string;
  thread: string;
  isNotice: boolean;
  isMention: boolean;
  isGone: boolean;
}

/** Writes history, and says what is unread by looking at all of it. */
function createRoom(db: Transaction, dice: Dice) {
  const said: Said[] = [];
  const marks = new Map<string, number>();
  let joinedAt = 0;
  const threads = ['main', '$1', '$2'];

  async function say(position: number): Promise<void> {
    const isEncrypted = dice([true, false]);
    const message: Said = {
      position,
      sender: dice([me, '@a:example.org', '@b:example.org']),
      thread: dice(threads),
      isNotice: !isEncrypted && dice([true, false, false, false]),
      isMention: dice([true, false, false]),
      isGone: false,
    };
    said.push(message);
    const words = { msgtype: message.isNotice ? 'm.notice' : 'm.text', body: 'Hello' };
    const content = {
      ...(isEncrypted ? { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'x' } : words),
      ...(message.isMention && { 'm.mentions': { user_ids: [me] } }),
    };
    const relation = message.thread === 'main' ? null : message.thread;
    const type = isEncrypted ? 'm.room.encrypted' : 'm.room.message';
    await append({ position, sender: message.sender, type, content, relation });
  }

  async function append(event: {
    position: number;
    sender: string;
    type: string;
    content: object;
    relation?: string | null;
  }): Promise<void> {
    const { position, sender, type, content, relation = null } = event;
    const redacts = 'redacts' in content ? { redacts: content.redacts } : {};
    await insertEvent(db, {
      ...{ position, roomId, type, sender, stateKey: null, eventId: `$${position}`, depth: 1, originServerTs: 0 },
      ...{ unsigned: null, deviceId: null, transactionId: null, redactedBy: null, pdu: '{}' },
      ...{ relType: relation === null ? null : 'm.thread', relatesTo: relation },
      json: JSON.stringify({ type, sender, content, ...redacts }),
    });
  }

  async function strikeOut(position: number): Promise<void> {
    const target = dice(said);
    target.isGone = true;
    const eventId = `$${target.position}`;
    const sender = dice([me, '@a:example.org']);
    await append({ position, sender, type: 'm.room.redaction', content: { redacts: eventId } });
    await markRedacted(db, {
      position: target.position,
      eventId,
      json: '{"content":{}}',
      unsigned: '{}',
      redactedBy: `$${position}`,
    });
  }

  async function read(position: number): Promise<void> {
    const target = dice(said);
    const threadId = dice(['', ...threads]);
    const receiptType = dice(['m.read', 'm.read.private']);
    const key = `${receiptType} ${threadId}`;
    if ((marks.get(key) ?? 0) >= target.position) return;
    marks.set(key, target.position);
    const eventPosition = target.position;
    await putReceipt(db, { roomId, userId: me, receiptType, threadId, eventId: '$', eventPosition, ts: 0, position });
  }

  async function comeBack(position: number): Promise<void> {
    joinedAt = position;
    await putMembership(db, { userId: me, roomId, membership: 'leave', position: position - 1 });
    await putMembership(db, { userId: me, roomId, membership: 'join', position });
  }

  const markOf = (threadId: string) =>
    Math.max(marks.get(`m.read ${threadId}`) ?? 0, marks.get(`m.read.private ${threadId}`) ?? 0);
  return {
    async step(position: number): Promise<void> {
      if (said.length === 0) return position === 1 ? comeBack(position) : say(position);
      await dice([say, say, say, say, say, say, strikeOut, read, read, dice([say, say, say, comeBack])])(position);
    },
    unread(): RoomUnread {
      const unread: RoomUnread = { total: none(), main: none(), threads: new Map() };
      for (const { sender, isNotice, isGone, position, thread, isMention } of said) {
        const readUpTo = Math.max(joinedAt, markOf(''), markOf(thread));
        if (sender === me || isNotice || isGone || position <= readUpTo) continue;
        const count = thread === 'main' ? unread.main : (unread.threads.get(thread) ?? none());
        if (thread !== 'main') unread.threads.set(thread, count);
        for (const each of [unread.total, count]) {
          each.notifications++;
          if (isMention) each.highlights++;
        }
      }
      return unread;
    },
  };
}

const none = () => ({ notifications: 0, highlights: 0 });

test('counting on equals counting anew equals looking at everything, over random histories', async (t) => {
  for (let seed = 1; seed <= 12; seed++) {
    const { writer: db } = await temporaryDatabase(t, migrations);
    await insertRoom(db, { roomId, version: '12', creator: '@a:example.org', createdPosition: 0 });
    let position = 0;
    const open = () =>
      createUnreadCounts({
        db,
        readPersonRules: createReadPersonRules(db),
        evaluateIn: createEvaluateIn({ db, newest: () => position }),
      });
    const warm = open();
    const dice = createDice(seed);
    const room = createRoom(db, dice);
    while (position < 150) {
      position++;
      await room.step(position);
      if (dice([true, false, false])) continue;
      const what = `seed ${seed}, position ${position}`;
      const expected = room.unread();
      const allRooms = dice([true, false]);
      assert.deepEqual(await (await warm.forUser(me, { allRooms }))(roomId, position), expected, `warm: ${what}`);
      assert.deepEqual(await (await open().forUser(me))(roomId, position), expected, `cold: ${what}`);
    }
  }
});
