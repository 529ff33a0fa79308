/**
 * Glob patterns (specification, appendices, "Glob-style matching") without a backtracking engine: patterns
 * come from people, texts from other people. A pattern of m characters is run over a text of n as a set of
 * states in 32-bit words, so that the worst case is n × ⌈m / 32⌉ steps, whatever either holds.
 */

/** True when a text matches. */
export type Matcher = (text: string) => boolean;

/** How a pattern is read and where it may match. */
export type GlobOptions = {
  /** `all` (`*` and `?`, the default), `star` (`*` only) or `none`: the pattern is plain text. */
  readonly wildcards?: 'all' | 'star' | 'none';
  /** The whole text must match (the default), or some part that begins and ends at a word boundary. */
  readonly scope?: 'whole' | 'words';
};

type Token = string | typeof anyCharacter;

type Automaton = {
  /** How many 32-bit words hold a set of states. */
  readonly words: number;
  /** For each kind of character a row: the states that it leads out of. Row 0 is of characters the pattern doesn't name. */
  readonly exits: Int32Array;
  readonly asciiRows: Uint16Array;
  readonly otherRows: ReadonlyMap<number, number>;
  /** The states that stay on any character: those in front of which a `*` stands. */
  readonly loops: Int32Array;
  /** The state after the last token, which accepts. */
  readonly accept: number;
};

const anyCharacter = Symbol('?');

/**
 * A matcher for a pattern, case-sensitive: who wants otherwise lowers both. Compile once, match often.
 */
export function compileGlob(pattern: string, { wildcards = 'all', scope = 'whole' }: GlobOptions = {}): Matcher {
  const hasWildcard = wildcards !== 'none' && (pattern.includes('*') || (wildcards === 'all' && pattern.includes('?')));
  if (!hasWildcard && scope === 'whole') return (text) => text === pattern;
  const { tokens, stars } = hasWildcard
    ? readPattern(pattern, wildcards === 'all')
    : { tokens: [...pattern], stars: new Set<number>() };
  const runs = literalRuns(tokens, stars);
  const automaton = buildAutomaton(tokens, stars);
  if (scope === 'whole') return (text) => containsInOrder(text, runs) && runWhole(automaton, text);
  return (text) => containsInOrder(text, runs) && runOverWords(automaton, text);
}

/** How much a pattern costs on a long text, in steps a character. */
export function globCost(pattern: string): number {
  return Math.floor(pattern.length / 32) + 1;
}

function readPattern(pattern: string, hasQuestionMarks: boolean): { tokens: Token[]; stars: Set<number> } {
  const tokens: Token[] = [];
  const stars = new Set<number>();
  for (const character of pattern) {
    if (character === '*') stars.add(tokens.length);
    else tokens.push(character === '?' && hasQuestionMarks ? anyCharacter : character);
  }
  return { tokens, stars };
}

/** The stretches of plain text, which a match must hold in this order: the cheap way to say no. */
function literalRuns(tokens: readonly Token[], stars: ReadonlySet<number>): string[] {
  const runs: string[] = [];
  let run = '';
  for (const [index, token] of tokens.entries()) {
    if (stars.has(index) || token === anyCharacter) {
      if (run !== '') runs.push(run);
      run = '';
    }
    if (token !== anyCharacter) run += token;
  }
  return run === '' ? runs : [...runs, run];
}

function containsInOrder(text: string, runs: readonly string[]): boolean {
  let from = 0;
  for (const run of runs) {
    const at = text.indexOf(run, from);
    if (at < 0) return false;
    from = at + run.length;
  }
  return true;
}

function buildAutomaton(tokens: readonly Token[], stars: ReadonlySet<number>): Automaton {
  const words = Math.floor(tokens.length / 32) + 1;
  const named = [...new Set(tokens.filter((token) => token !== anyCharacter))];
  const rows = new Map(named.map((character, index) => [character, index + 1]));
  const exits = new Int32Array((named.length + 1) * words);
  for (const [state, token] of tokens.entries()) {
    if (token !== anyCharacter) setBit(exits, (rows.get(token) as number) * words * 32 + state);
    else for (let row = 0; row <= named.length; row++) setBit(exits, row * words * 32 + state);
  }
  const loops = new Int32Array(words);
  for (const state of stars) setBit(loops, state);
  const asciiRows = new Uint16Array(128);
  const otherRows = new Map<number, number>();
  for (const [character, row] of rows) {
    const code = character.codePointAt(0) as number;
    if (code < 128) asciiRows[code] = row;
    else otherRows.set(code, row);
  }
  return { words, exits, asciiRows, otherRows, loops, accept: tokens.length };
}

function setBit(bits: Int32Array, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] as number) | (1 << (index & 31));
}

function hasBit(bits: Int32Array, index: number): boolean {
  return (((bits[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
}

function rowOf({ asciiRows, otherRows }: Automaton, character: number): number {
  return character < 128 ? (asciiRows[character] as number) : (otherRows.get(character) ?? 0);
}

/** Moves all states over one character at once; false when none is left. */
function step(automaton: Automaton, states: Int32Array, character: number): boolean {
  const { words, exits, loops } = automaton;
  const row = rowOf(automaton, character) * words;
  let carry = 0;
  let alive = 0;
  for (let word = 0; word < words; word++) {
    const before = states[word] as number;
    const moving = before & (exits[row + word] as number);
    const after = (moving << 1) | carry | (before & (loops[word] as number));
    carry = moving >>> 31;
    states[word] = after;
    alive |= after;
  }
  return alive !== 0;
}

function runWhole(automaton: Automaton, text: string): boolean {
  const states = new Int32Array(automaton.words);
  setBit(states, 0);
  for (let index = 0; index < text.length; index++) {
    const character = text.codePointAt(index) as number;
    if (character > 0xffff) index++;
    if (!step(automaton, states, character)) return false;
  }
  return hasBit(states, automaton.accept);
}

/** Begins anew wherever a word boundary is, and accepts at any. */
function runOverWords(automaton: Automaton, text: string): boolean {
  if (automaton.words === 1) return runShortOverWords(automaton, text);
  const states = new Int32Array(automaton.words);
  let atBoundary = true;
  for (let index = 0; index < text.length; index++) {
    const character = text.codePointAt(index) as number;
    if (atBoundary) setBit(states, 0);
    atBoundary = !isWordCharacter(character);
    if (atBoundary && hasBit(states, automaton.accept)) return true;
    step(automaton, states, character);
    if (character > 0xffff) index++;
  }
  if (atBoundary) setBit(states, 0);
  return hasBit(states, automaton.accept);
}

/** The same with all states in one word, as nearly every pattern has them: four times as fast. */
function runShortOverWords(automaton: Automaton, text: string): boolean {
  const { exits } = automaton;
  const loops = automaton.loops[0] as number;
  const accepts = 1 << automaton.accept;
  let states = 0;
  let atBoundary = true;
  for (let index = 0; index < text.length; index++) {
    const character = text.codePointAt(index) as number;
    if (atBoundary) states |= 1;
    atBoundary = !isWordCharacter(character);
    if (atBoundary && (states & accepts) !== 0) return true;
    states = ((states & (exits[rowOf(automaton, character)] as number)) << 1) | (states & loops);
    if (character > 0xffff) index++;
  }
  if (atBoundary) states |= 1;
  return (states & accepts) !== 0;
}

/** Word characters are `A-Z a-z 0-9 _`; all others are boundaries. */
function isWordCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}
