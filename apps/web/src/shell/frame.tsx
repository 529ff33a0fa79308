import type { ReactNode } from 'react';
import css from './shell.module.css';

export interface FrameProps {
  /** What a phone shows: it has room for one. */
  pane: 'list' | 'sheet';
  /** Across the top: what has to be done or known. */
  banners?: ReactNode;
  rail: ReactNode;
  list: ReactNode;
  children: ReactNode;
}

/** Rail, list and sheet side by side; on a phone one at a time. */
export function Frame({ pane, banners, rail, list, children }: FrameProps) {
  return (
    <div className={css.app} data-pane={pane}>
      <div className={css.banners}>{banners}</div>
      <div className={css.rail}>{rail}</div>
      <main className={css.main}>
        <div className={css.list}>{list}</div>
        <div className={css.sheet}>{children}</div>
      </main>
    </div>
  );
}
