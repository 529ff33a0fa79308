/**
 * Watches a database that others have open: `onGone` hears when it is deleted under the page, as by "clear site data" or where
 * a disk is full. What holds it open can then neither read nor write, and nothing else tells. Call what this resolves with to
 * end it; until then a deletion waits for nothing of ours.
 */
export async function watchStore(indexedDB: IDBFactory, name: string, onGone: () => void): Promise<() => void> {
  const database = await open(indexedDB, name).catch(() => undefined);
  if (!database) return () => {};
  database.onversionchange = ({ newVersion }) => {
    database.close();
    // Any other change of version is one that the database survives.
    if (newVersion === null) onGone();
  };
  // Told to connections that the browser ends by itself, and not to those that `close` ended.
  database.onclose = onGone;
  return () => database.close();
}

/** The database as it is; rejects where there is none. */
function open(indexedDB: IDBFactory, name: string): Promise<IDBDatabase> {
  const { promise, resolve, reject } = Promise.withResolvers<IDBDatabase>();
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.transaction?.abort();
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
  return promise;
}
