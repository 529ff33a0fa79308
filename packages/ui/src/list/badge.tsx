import { classNames } from '../class-names.ts';
import css from './badge.module.css';

export interface BadgeProps {
  count: number;
  /** How it is spoken: "3 unread". */
  label: string;
  /** Grey: counted, but nothing that calls. */
  plain?: boolean;
  className?: string | undefined;
}

/** A count. Nothing at all for zero. */
export function Badge({ count, label, plain, className }: BadgeProps) {
  if (count <= 0) return null;
  return (
    <span className={classNames(css.badge, plain && css.plain, className)} role="img" aria-label={label}>
      {count > 99 ? '99+' : count}
    </span>
  );
}
