/**
 * Before the crypto module stores a key, it looks whether it has it, and opens a transaction for each look, which costs the
 * browser more than all else about the key. On a thread where one chunk is taken in at a time and nothing else is done, looks
 * follow each other within the answers to those before, so one transaction can serve a chunk's. It also sees the store
 * at one moment, where single ones saw it at many. Returns what begins a new one.
 */
export function readInOne(database: typeof IDBDatabase): () => void {
  const { transaction } = database.prototype;
  let current: IDBTransaction | undefined;
  database.prototype.transaction = function (this: IDBDatabase, names, mode = 'readonly', options) {
    if (mode !== 'readonly') return transaction.call(this, names, mode, options);
    current ??= kept(transaction.call(this, names, mode, options));
    return current;
  };
  return () => {
    current = undefined;
  };
}

/** Whoever has what it wanted aborts; the others go on reading. It ends by itself when nobody asks any more. */
function kept(reading: IDBTransaction): IDBTransaction {
  reading.abort = () => {};
  return reading;
}
