import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { Icon, type IconName } from '../icon/icon.tsx';
import css from './banner.module.css';

export interface BannerProps {
  icon: IconName;
  /** `look` and `act` only when something is at stake. */
  kind?: 'plain' | 'note' | 'look' | 'act';
  /** Rounded, for inside a view; without it the banner runs across the top. */
  boxed?: boolean;
  children: ReactNode;
  /** One button, or two. */
  action?: ReactNode;
}

/** Something to know or to do, with one way on. Announced when it appears. */
export function Banner({ icon, kind = 'plain', boxed, children, action }: BannerProps) {
  return (
    <div className={classNames(css.banner, css[kind], boxed && css.boxed)} role={kind === 'act' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <div className={css.words}>{children}</div>
      {action !== undefined && <div className={css.actions}>{action}</div>}
    </div>
  );
}
