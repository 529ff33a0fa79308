/**
 * Validators made from TypeBox schemas. For the server: compiling uses `new Function`, which a page's
 * content security policy forbids, so what runs in browsers never imports this file.
 */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Errcode, MatrixError } from './matrix-error.ts';
import { eventContentSchemas } from './schemas.ts';

/** Returns the value with its type, or throws a `MatrixError` that names the first wrong place. */
export type Check<T> = (value: unknown) => T;

/**
 * A validator for a schema.
 * @param errcode what a wrong value throws: `M_BAD_JSON` for bodies, `M_INVALID_PARAM` for queries.
 */
export function createCheck<Schema extends TSchema>(
  schema: Schema,
  errcode: Errcode = 'M_BAD_JSON',
): Check<Static<Schema>> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return value as Static<Schema>;
    const first = validator.Errors(value)[0];
    const place = first?.instancePath.slice(1).replaceAll('/', '.') || 'the value';
    const isMissing = errcode === 'M_INVALID_PARAM' && first?.keyword === 'required';
    throw new MatrixError(
      isMissing ? 'M_MISSING_PARAM' : errcode,
      `Wrong input: ${place} ${first?.message ?? 'is not what it must be'}.`,
    );
  };
}

const contentSchemas = new Map<string, TSchema>(Object.entries(eventContentSchemas));
/** Compiled at the first event of its type: a server starts before the last of them is needed. */
const checksByType = new Map<string, Check<unknown>>();

/**
 * Checks the content of an event whose type the server understands; others pass.
 * @throws MatrixError M_BAD_JSON
 */
export function checkEventContent(type: string, content: unknown): void {
  const schema = contentSchemas.get(type);
  if (schema === undefined) return;
  const check = checksByType.get(type) ?? createCheck(schema);
  checksByType.set(type, check);
  check(content);
}
