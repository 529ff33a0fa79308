/**
 * Damage: bits that turned on the disk. Events are compared with their ids, which are hashes of them, files with the
 * hash they are kept under, and indexes with their rows. Imports `store/`, `rooms/` for the hashes, and media's files.
 */
export { type DamageSearch, findDamage } from './find-damage.ts';
