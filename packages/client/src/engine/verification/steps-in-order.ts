import { createTurns, type Turns } from '../turns.ts';

/** What sends a request of the machine, tries it again where it failed, and tells the machine. */
export interface OutgoingRequests {
  makeOutgoingRequest(request: object, ...rest: unknown[]): Promise<void>;
}

/**
 * Sends the steps of each verification one at a time, from now on. The SDK sends what a person did at once and what the machine
 * answers in a loop, so that the word that one is done could overtake what it is about, where that was slow or had to be tried
 * again. The other side's machine would then take the request for done and its comparison for open: nobody is verified
 * there, and the next verification is ended for the sake of this one (matrix-sdk-crypto, `receive_any_event` and
 * `VerificationCache::insert`). That it is over may overtake all: nothing has to be there before it.
 */
export function sendStepsInOrder(outgoing: OutgoingRequests): void {
  const make = outgoing.makeOutgoingRequest.bind(outgoing);
  /** Of those that steps wait in; a verification that hangs holds up no other one. */
  const turnsOf = new Map<string, { inOrder: Turns; waiting: number }>();
  outgoing.makeOutgoingRequest = async (request, ...rest) => {
    const {
      event_type: type = '',
      body,
      content,
    } = request as { event_type?: string; body?: string; content?: string };
    const hasPlace = type.startsWith('m.key.verification.') && type !== 'm.key.verification.cancel';
    if (!hasPlace) return make(request, ...rest);
    const id = idIn(body ?? content ?? '');
    const turns = turnsOf.get(id) ?? { inOrder: createTurns(), waiting: 0 };
    turnsOf.set(id, turns);
    turns.waiting++;
    try {
      await turns.inOrder(() => make(request, ...rest));
    } finally {
      turns.waiting--;
      if (turns.waiting === 0) turnsOf.delete(id);
    }
  };
}

/** Of which verification a step is: by its id from session to session, by the question in a conversation. */
function idIn(json: string): string {
  return /"(?:transaction_id|event_id)":"([^"]+)"/.exec(json)?.[1] ?? '';
}
