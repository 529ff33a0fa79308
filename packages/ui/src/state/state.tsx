import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { Icon, type IconName } from '../icon/icon.tsx';
import { OnlyRead } from '../only-read/only-read.tsx';
import css from './state.module.css';

export interface StateProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  /** What to do about it: one or two buttons. */
  action?: ReactNode;
  /** An error is said aloud when it appears. */
  isError?: boolean;
  /** It is all there is on the page. */
  isPage?: boolean;
}

/** Instead of content: why there is none, and what to do. For empty lists, failed ones and doors that are closed. */
export function State({ icon, title, children, action, isError = false, isPage = false }: StateProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div className={css.state} role={isError ? 'alert' : undefined}>
      <span className={classNames(css.sign, isError && css.error)}>
        <Icon name={icon} />
      </span>
      <Heading className={css.title}>{title}</Heading>
      {children !== undefined && <div className={css.words}>{children}</div>}
      {action !== undefined && <div className={css.actions}>{action}</div>}
    </div>
  );
}

/** Grey bars in the shape of what comes. Appears only when it lasts longer than 300 ms. */
export function SkeletonRows({ count, label, withFace = true }: { count: number; label: string; withFace?: boolean }) {
  return (
    <div className={css.skeletons} role="status">
      <OnlyRead>{label}</OnlyRead>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing here ever moves
        <div key={index} className={css.skeletonRow} aria-hidden="true">
          {withFace && <span className={css.skeletonFace} />}
          <span className={css.skeletonLines}>
            <span />
            <span />
          </span>
        </div>
      ))}
    </div>
  );
}
