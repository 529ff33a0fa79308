/**
 * What stands before the steps of the SDK's crypto, put there in one place and before the client starts. Whatever wraps a step
 * (`bind`) is in this list; what only asks something of the machine is `machine.ts`. A file further down is put there later,
 * so that it is asked first and hears the answer last.
 *
 * | step | who stands there | for |
 * |---|---|---|
 * | a sync is handed over (`processSyncChanges`) | `verification-ask.ts` (`meetAskers`) | whoever asks to verify is looked up before the machine hears of it |
 * | a step in a conversation (`onKeyVerificationEvent`) | `verification-ask.ts` (`endQuietly`) | one that comes while the client ends |
 * | a room's encryption (`onCryptoEvent`) | `room-security.ts` | sane rotation, no foreign fields |
 * | the machine takes a sync in (`receiveSyncChanges`) | `broken-sessions.ts`, `machine-turns.ts` | messages that can't be opened; questions, and turns with what a person does |
 * | the machine takes a step in (`receiveVerificationEvent`) | `machine-turns.ts` | the same in a conversation |
 * | the machine hears an answer (`markRequestAsSent`) | `broken-sessions.ts`, `identity-turn.ts` | claimed one-time keys; people's keys that are older than the own identity |
 * | a request of the machine leaves (`makeOutgoingRequest`) | `steps-in-order.ts`, `identity-turn.ts` | steps of verifications; questions about people's keys |
 * | a new key is saved, a sleeping device deleted | `machine.ts` (`onNewKeys`, `letGoQuietly`) | each put there by its only user, in `recovery/` |
 * | who gets a room's key, of each room | `room-people.ts` | people who were shown |
 *
 * The first three are steps of the SDK, which calls those of the machine: who asks is looked up before the machine's turn comes.
 * Where two stand before one step, each means calls that the other lets pass untouched, so that either might come first. One
 * that means the same calls as another goes into its place here with the reason, and with a test. What stands before `fetch` is
 * listed in the README of this package.
 */
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { createIdentityTurn, type IdentityTurn } from '../recovery/identity-turn.ts';
import { guardEncryptionEvents } from '../room-security.ts';
import { createMachineTurns, type MachineTurns } from '../verification/machine-turns.ts';
import { endQuietly, meetAskers } from '../verification/verification-ask.ts';
import { mendBrokenSessions } from './broken-sessions.ts';

/** What others act by, of what stands before the crypto's steps. */
export interface WrappedCrypto {
  turns: MachineTurns;
  identityTurn: IdentityTurn;
}

/** To be called once for a client, before it starts. */
export function wrapCrypto(client: MatrixClient, crypto: CryptoBackend): WrappedCrypto {
  meetAskers(crypto);
  endQuietly(crypto);
  guardEncryptionEvents(crypto);
  mendBrokenSessions(client, crypto);
  // `steps-in-order.ts` with it.
  const turns = createMachineTurns(crypto);
  return { turns, identityTurn: createIdentityTurn(crypto) };
}
