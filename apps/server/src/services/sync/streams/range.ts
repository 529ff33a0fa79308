/** What a reader is told: everything after `since`, up to and with `upto`. */
export interface SyncRange {
  since: number;
  upto: number;
}
