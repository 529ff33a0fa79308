/** Forgets of what others can make grow all but the newest, by the order in which they came. */
export function keepNewest<K>(kept: Set<K> | Map<K, unknown>, most = 200): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(key);
  }
}
