import type { PasswordStrength } from '../../trust-types.ts';

/** Seven words of 2,048 are 77 bits: beyond guessing, also with the key that the words become at hand. */
const wordCount = 7;

/**
 * Random words of the English list of BIP 39, which differ in their first four letters and are easy to spell. Each is
 * drawn by 11 random bits, so all are equally likely.
 */
export async function generatePassword(randomBytes: (length: number) => Uint8Array): Promise<string> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  const bytes = randomBytes(wordCount * 2);
  const draw = (at: number) => wordlist[(((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)) & 0x7ff];
  return Array.from({ length: wordCount }, (_, at) => draw(at)).join(' ');
}

/** Below it somebody who has the server's disk guesses the password, however slow each guess is made. */
const acceptedScore = 3;
/** Beyond this no guess gets anywhere, and the estimate would take long. */
const longestEstimated = 100;

/** How strong a password is (zxcvbn). `known` are words that an attacker would try first: names, the server. */
export async function passwordStrength(password: string, known: readonly string[]): Promise<PasswordStrength> {
  const estimator = await loadEstimator();
  const { score, guessesLog10 } = estimator.check(password.slice(0, longestEstimated), [...known]);
  return { score, guessesLog10, isAccepted: score >= acceptedScore };
}

let loading: Promise<{ check(password: string, known: string[]): Estimate }> | undefined;
type Estimate = Pick<PasswordStrength, 'score' | 'guessesLog10'>;

function loadEstimator() {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load() {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new ZxcvbnFactory({
    graphs: common.adjacencyGraphs,
    dictionary: { ...common.dictionary, ...english.dictionary },
  });
}
