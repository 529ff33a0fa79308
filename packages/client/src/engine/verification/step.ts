/** An event of a verification, as far as this folder looks into it: in a conversation with its id, from session to session without. */
export interface Step {
  event_id?: string;
  type?: string;
  sender?: string;
  content?: {
    msgtype?: string;
    method?: string;
    from_device?: string;
    transaction_id?: string;
    'm.relates_to'?: { event_id?: string };
  };
}

/**
 * Which verification a step goes on with; undefined where it begins one in a conversation (client-server API, "Key verification
 * framework": by the question's event in a conversation, by the transaction from session to session).
 */
export function flowOf({ content }: Pick<Step, 'content'>): string | undefined {
  return content?.['m.relates_to']?.event_id ?? content?.transaction_id;
}
