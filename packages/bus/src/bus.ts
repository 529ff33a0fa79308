/** What changed: rooms (all who are in them), and people (all their devices). */
export interface Hint {
  position: number;
  roomIds: readonly string[];
  userIds: readonly string[];
}

export interface Bus {
  /** Whether every hint arrives: then silence says that there is nothing, and nobody need look. */
  readonly isReliable: boolean;
  publish(hint: Hint): void;
  /** Calls `listener` for every hint until the returned function is called. */
  subscribe(listener: (hint: Hint) => void): () => void;
  close(): Promise<void>;
}
