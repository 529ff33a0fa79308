/**
 * A person's Matrix session. Views know only what is exported here. Small on purpose: what imports matrix-js-sdk lies in
 * engine/ and is loaded by a dynamic import, after the login form. See README.md.
 */
export { browserPlatform, type KeyValueStorage, memoryPlatform, memoryStorage, type Platform } from './platform.ts';
export { createSession, type SessionOptions } from './session.ts';
export * from './trust-types.ts';
export * from './types.ts';
