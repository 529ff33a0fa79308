import { KeysQueryRequest, type OlmMachine, RequestType } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';

/**
 * A new identity, made while no word on the own one that is older is taken in.
 *
 * The machine goes by what the server publishes: an answer that names another identity than its own clears the private keys
 * that it holds (`clear_if_differs` in matrix-sdk-crypto). The answer to a question that was asked before the new identity
 * was published names the old one. Taken in after the new keys were made it would clear those, and they would be published
 * and in nobody's hands.
 */
export interface IdentityTurn {
  /** Makes a new identity, which says once it is published: then what was asked before is asked again. */
  make<T>(work: (published: () => void) => Promise<T>): Promise<T>;
}

interface Inside {
  getOlmMachineOrThrow(): OlmMachine;
  outgoingRequestsManager: { doProcessOutgoingRequests(): Promise<void> };
  outgoingRequestProcessor: { makeOutgoingRequest(request: object, ...rest: unknown[]): Promise<void> };
}

/** Watches the questions about people's keys, from now on. */
export function createIdentityTurn(crypto: CryptoApi): IdentityTurn {
  const inside = crypto as unknown as Inside;
  const machine = inside.getOlmMachineOrThrow();
  const { outgoingRequestProcessor: processor } = inside;
  const askedIn = new Map<string, number>();
  /** Odd while an identity is made. */
  let era = 0;
  let taking: Promise<unknown> = Promise.resolve();

  const ask = processor.makeOutgoingRequest.bind(processor);
  processor.makeOutgoingRequest = async (request, ...rest) => {
    if (!(request instanceof KeysQueryRequest)) return ask(request, ...rest);
    const { id } = request;
    askedIn.set(id, era);
    return ask(request, ...rest).finally(() => askedIn.delete(id));
  };
  const take = machine.markRequestAsSent.bind(machine);
  machine.markRequestAsSent = async (id, type, answer) => {
    if (type !== RequestType.KeysQuery) return take(id, type, answer);
    const isOlder = era % 2 === 1 || askedIn.get(id) !== era;
    const taken = take(id, type, isOlder ? withoutOwn(answer, machine.userId.toString()) : answer);
    // Without what came of them: each would hold on to that of all before it.
    taking = Promise.allSettled([taking, taken]).then(() => {});
    return taken;
  };

  return {
    async make(work) {
      const mine = ++era;
      const end = () => {
        if (era !== mine) return;
        era++;
        inside.outgoingRequestsManager.doProcessOutgoingRequests().catch(() => {});
      };
      await taking;
      return work(end).finally(end);
    },
  };
}

/** What an answer says of others. Who isn't in it is asked for again; where nobody is left, that is when the next sync ends. */
function withoutOwn(answer: string, own: string): string {
  const about: Record<string, Record<string, unknown> | undefined> = JSON.parse(answer);
  for (const part of ['device_keys', 'master_keys', 'self_signing_keys', 'user_signing_keys'])
    delete about[part]?.[own];
  if (Object.keys(about.device_keys ?? {}).length === 0) throw new Error('older than the own identity');
  return JSON.stringify(about);
}
