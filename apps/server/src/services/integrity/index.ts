/**
 * Damage: bits that turned on the disk. Events are compared with their ids, which are hashes of them, files with the
 * hash they are kept under, and indexes with their rows. Imports `store/`, and `room-rules/` for the hashes; media's files
 * are given to it.
 */
export { type DamageSearch, findDamage } from './find-damage.ts';
