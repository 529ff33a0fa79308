import { createTurns } from '../turns.ts';

/** What sends a request of the machine, tries it again where it failed, and tells the machine. */
export interface OutgoingRequests {
  makeOutgoingRequest(request: object, ...rest: unknown[]): Promise<void>;
}

/**
 * Sends the steps of verifications one at a time, from now on. The SDK sends what a person did at once and what the machine
 * answers in a loop, so that the word that one is done could overtake what it is about, where that was slow or had to be tried
 * again. The other side's machine would then take the request for done and its comparison for open: nobody is verified
 * there, and the next verification is ended for the sake of this one (matrix-sdk-crypto, `receive_any_event` and
 * `VerificationCache::insert`). That it is over may overtake all: nothing has to be there before it.
 */
export function sendStepsInOrder(outgoing: OutgoingRequests): void {
  const make = outgoing.makeOutgoingRequest.bind(outgoing);
  const inOrder = createTurns();
  outgoing.makeOutgoingRequest = (request, ...rest) => {
    const { event_type: type = '' } = request as { event_type?: string };
    const hasPlace = type.startsWith('m.key.verification.') && type !== 'm.key.verification.cancel';
    return hasPlace ? inOrder(() => make(request, ...rest)) : make(request, ...rest);
  };
}
