/** How deep JSON may nest: far deeper than anything sensible, and far from where recursion ends. */
export const maxJsonDepth = 500;

/** Whether JSON text nests deeper than allowed. One pass, and none at all for what is too short for it. */
export function isTooDeep(json: string): boolean {
  // Each level is opened and closed; what is not closed is no JSON and refused for that.
  if (json.length <= 2 * maxJsonDepth) return false;
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (isInText) {
      if (unit === backslash) at += 1;
      else if (unit === quote) isInText = false;
    } else if (unit === quote) isInText = true;
    else if (unit === brace || unit === bracket) {
      depth += 1;
      if (depth > maxJsonDepth) return true;
    } else if (unit === braceEnd || unit === bracketEnd) depth -= 1;
  }
  return false;
}

const [quote, backslash, bracket, bracketEnd, brace, braceEnd] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];
