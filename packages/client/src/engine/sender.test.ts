import assert from 'node:assert/strict';
import test from 'node:test';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { megolm, type SendFacts } from '../crypto/send-gate.ts';
import { createSender } from './sender.ts';

const ready: SendFacts = {
  isKnown: true,
  isJoined: true,
  isSynced: true,
  isPinned: true,
  hasEncryptionState: true,
  algorithm: megolm,
  isCryptoReady: true,
  isOwnDeviceSigned: true,
};

function senderWith(facts: Partial<SendFacts>) {
  const now = { ...ready, ...facts };
  const sent: string[] = [];
  let count = 0;
  const client = {
    makeTxnId: () => `key-${count++}`,
    getRoom: () => ({ getPendingEvents: () => [] }),
    async sendMessage(_roomId: string, { body }: { body: string }) {
      sent.push(body);
    },
  };
  const options = { factsOf: () => now, now: () => 0, onChange: () => {} };
  return { facts: now, sent, sender: createSender({ client: client as unknown as MatrixClient, ...options }) };
}

test('what is written while the own identity settles waits, and goes in order once the device is signed', () => {
  const { facts, sent, sender } = senderWith({ isOwnDeviceSigned: false, ownIdentity: 'settling' });
  sender.send('!a', 'one');
  sender.send('!a', 'two');
  sender.flush();
  assert.deepEqual(
    sender.heldBack('!a').map(({ text, problem }) => [text, problem]),
    [
      ['one', undefined],
      ['two', undefined],
    ],
  );
  assert.deepEqual(sent, []);
  assert.deepEqual([sender.hasUnsent('!a'), sender.hasUnsent('!b')], [true, false]);
  facts.isOwnDeviceSigned = true;
  sender.flush();
  sender.flush();
  assert.deepEqual(sent, ['one', 'two']);
  assert.deepEqual(sender.heldBack('!a'), []);
  assert.equal(sender.hasUnsent('!a'), false);
});

test('what waited says what to do once it is known that another session has to sign', () => {
  const { facts, sent, sender } = senderWith({ isOwnDeviceSigned: false, ownIdentity: 'settling' });
  sender.send('!a', 'one');
  facts.ownIdentity = 'settled';
  sender.flush();
  assert.equal(sender.heldBack('!a')[0]?.problem?.kind, 'session-not-confirmed');
  assert.deepEqual(sent, []);
});
