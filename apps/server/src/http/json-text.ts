import { RawJson } from '../services/raw-json.ts';

/**
 * `JSON.stringify` for answers in which parts are JSON text already (`RawJson`): what is stored as text is passed on
 * and never parsed. Properties that are undefined are left out.
 */
export function toJsonText(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return arrayText(value);
  if (typeof value === 'object' && value !== null) return objectText(value as Record<string, unknown>);
  return JSON.stringify(value) ?? 'null';
}

function arrayText(values: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < values.length; index++) text += (index === 0 ? '' : ',') + toJsonText(values[index]);
  return `${text}]`;
}

function objectText(value: Record<string, unknown>): string {
  let text = '{';
  let separator = '';
  for (const key in value) {
    const child = value[key];
    if (child === undefined) continue;
    text += `${separator}${JSON.stringify(key)}:${toJsonText(child)}`;
    separator = ',';
  }
  return `${text}}`;
}
