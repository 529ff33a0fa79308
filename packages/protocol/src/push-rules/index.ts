/**
 * Push rules (client-server API, "Push Notifications"): the server's rules, a person's changes to them, and
 * what an event comes to. Pure, so that server and client decide alike. Imports the rest of the protocol only.
 */
export * from './change.ts';
export * from './default-rules.ts';
export * from './evaluate.ts';
export * from './types.ts';
