/**
 * What server and clients agree on: identifiers, event types, errcodes, canonical JSON, schemas, push
 * rules and filters, all pure. Imports nothing but `typebox`, and runs in a browser. Validators that
 * compile code are apart, in `check.ts`, which only the server imports.
 */
export * from './appservice-registration.ts';
export * from './canonical-json.ts';
export * from './events.ts';
export * from './filters.ts';
export * from './glob.ts';
export * from './ids.ts';
export * from './matrix-error.ts';
export * from './property-path.ts';
export * from './push-rules/index.ts';
export * from './schemas.ts';
