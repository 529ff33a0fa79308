/**
 * Wake-up hints: "room R, user U: up to position N". A hint carries no data; one that is lost costs latency and
 * nothing else, because readers look into the store. `memory/` is the embedded bus. Imports nothing of Sotto.
 */
export type { Bus, Hint } from './bus.ts';
export { createMemoryBus } from './memory/bus.ts';
