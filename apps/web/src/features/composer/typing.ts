/** Others stop seeing "is typing" after this long without a key. */
const pauseMs = 5000;

export interface Typing {
  /** To be called at each key: whether there is anything in the field. */
  note(isTyping: boolean): void;
  /** Leaving the room. */
  stop(): void;
}

/**
 * Tells a room that one types, and that one stopped: after a pause, with an empty field, or on leaving. Said at each
 * key: the room passes it on once, and again before the server forgets it.
 */
export function createTyping(setTyping: (isTyping: boolean) => void): Typing {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    setTyping(false);
  };
  return {
    note(isTyping) {
      if (!isTyping) return end();
      clearTimeout(timer);
      timer = setTimeout(end, pauseMs);
      setTyping(true);
    },
    stop: end,
  };
}
