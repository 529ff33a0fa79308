import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { canonicalJson, type JsonObject } from '@sotto/protocol';
import { authorise } from './authorise.ts';
import { alice, bob, carol, fixtureRoom } from './room-fixture.ts';
import { hasValidInviteSignature } from './third-party-signature.ts';

function makeKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url');
  return { privateKey, text: raw.toString('base64').replace('=', '') };
}

function signInvite(message: JsonObject, privateKey: KeyObject): JsonObject {
  const signature = sign(null, Buffer.from(canonicalJson(message)), privateKey)
    .toString('base64')
    .replace('==', '');
  return { ...message, signatures: { 'id.example.org': { 'ed25519:0': signature } } };
}

const key = makeKey();
const signed = signInvite({ mxid: bob, token: 'tok' }, key.privateKey);

describe('hasValidInviteSignature', () => {
  it('agrees with the example of the specification, appendices, "JSON Signing"', () => {
    // The public half of the example's signing key seed.
    const content = { public_key: 'XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI' };
    const example = {
      one: 1,
      two: 'Two',
      signatures: {
        domain: {
          'ed25519:1': 'KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw',
        },
      },
    };
    assert.equal(hasValidInviteSignature(example, content), true);
    assert.equal(hasValidInviteSignature({ ...example, one: 2 }, content), false);
  });

  it('takes any listed key, in both alphabets', () => {
    const urlSafe = key.text.replaceAll('+', '-').replaceAll('/', '_');
    assert.equal(hasValidInviteSignature(signed, { public_key: key.text }), true);
    assert.equal(
      hasValidInviteSignature(signed, { public_keys: [{ public_key: 'x' }, { public_key: urlSafe }] }),
      true,
    );
  });

  it('refuses other keys, other words, and nonsense', () => {
    const right = { public_key: key.text };
    assert.equal(hasValidInviteSignature(signed, { public_key: makeKey().text }), false);
    assert.equal(hasValidInviteSignature({ ...signed, mxid: carol }, right), false);
    for (const signatures of [undefined, 'x', {}, { a: 'x' }, { a: { 'ed25519:0': 7 } }, { a: { 'ed25519:0': '' } }]) {
      assert.equal(hasValidInviteSignature({ ...signed, signatures } as JsonObject, right), false);
    }
    for (const content of [
      {},
      { public_key: '' },
      { public_key: 'AAAA' },
      { public_keys: 'x' },
      { public_keys: [null] },
    ]) {
      assert.equal(hasValidInviteSignature(signed, content as JsonObject), false);
    }
  });
});

describe('an invite by third-party token', () => {
  const invitation = (invite: unknown, over: { sender?: string; target?: string; banned?: boolean } = {}) => {
    const target = over.target ?? bob;
    const source = { type: 'm.room.third_party_invite', state_key: 'tok', content: { public_key: key.text } };
    const room = fixtureRoom({
      members: { [carol]: 'join', ...(over.banned ? { [bob]: 'ban' } : {}) },
      more: [source],
    });
    const content = { membership: 'invite', third_party_invite: invite } as JsonObject;
    const event = room.event({ type: 'm.room.member', sender: over.sender ?? alice, state_key: target, content });
    return () => authorise({ version: room.version, event, authState: room.state });
  };

  it('is let in with the right signature', () => assert.doesNotThrow(invitation({ signed })));

  const refused: readonly (readonly [string, () => void, RegExp])[] = [
    ['of the banned', invitation({ signed }, { banned: true }), /banned/],
    ['without signature', invitation({}), /not signed/],
    ['that is no object', invitation('x'), /not signed/],
    ['without token', invitation({ signed: { mxid: bob } }), /incomplete/],
    ['for another', invitation({ signed }, { target: '@eve:example.org' }), /another person/],
    ['of an unknown token', invitation({ signed: { ...signed, token: 'other' } }), /no longer valid/],
    ['sent by another', invitation({ signed }, { sender: carol }), /made by another/],
    [
      'with a wrong signature',
      invitation({ signed: signInvite({ mxid: bob, token: 'tok' }, makeKey().privateKey) }),
      /wrong/,
    ],
  ];
  for (const [name, run, reason] of refused) {
    it(`is refused ${name}`, () => assert.throws(run, { errcode: 'M_FORBIDDEN', message: reason }));
  }
});
