/**
 * Puts into `assets/later/` what no screen needs before somebody asks for it: lists of words, dictionaries of
 * passwords, codes for a camera.
 * So one sees from a file's name that it isn't fetched on the way to the list of rooms, and `npm run bench -- web-size`
 * counts it apart.
 */

/** Packages that are imported where they are used, never on the way to the list of rooms. */
const packages = ['@zxcvbn-ts/core', '@zxcvbn-ts/language-common', '@zxcvbn-ts/language-en', '@scure/bip39', 'qr'];

/** What Rolldown tells of a chunk that is to be named. */
interface Chunk {
  facadeModuleId?: string | null;
}

/** The pattern of a chunk's name, for `output.chunkFileNames`. */
export function chunkFileNames({ facadeModuleId }: Chunk): string {
  const path = facadeModuleId?.replaceAll('\\', '/') ?? '';
  const owner = packages.find((each) => path.includes(`/node_modules/${each}/`));
  return owner === undefined
    ? 'assets/[name]-[hash].js'
    : `assets/later/${owner.replace('@', '').replaceAll('/', '-')}-[hash].js`;
}
