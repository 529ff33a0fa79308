import type { en } from './en.ts';

/** Every text of the app. A missing or a superfluous key is a type error in the other languages. */
export type Catalogue = typeof en;
