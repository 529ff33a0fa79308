/** At which position each room and person was told of last. */
export interface ToldTopics {
  /** Positions come in rising order. */
  note(topic: string, position: number): void;
  /** Whether the topic was told of after `since`, or may have been. */
  isSince(topic: string, since: number): boolean;
}

/**
 * @param from what was told of up to here is not known
 * @param mostTopics so many are remembered at least, and twice as many at most
 */
export function createToldTopics(from: number, mostTopics = 50_000): ToldTopics {
  // Two generations, as in the memo of @sotto/sql. What was told of up to `floor` may have been forgotten.
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let floor = from;
  let oldUpto = from;
  return {
    note(topic, position) {
      if (young.size >= mostTopics && !young.has(topic)) {
        floor = oldUpto;
        oldUpto = position;
        old = young;
        young = new Map();
      }
      young.set(topic, position);
    },
    isSince: (topic, since) => since < floor || (young.get(topic) ?? old.get(topic) ?? 0) > since,
  };
}
