import type { ReactNode } from 'react';
import css from './only-read.module.css';

/** Words for a screen reader that the eye has in another form. */
export function OnlyRead({ children }: { children: ReactNode }) {
  return <span className={css.onlyRead}>{children}</span>;
}
