import type { ComponentProps, MouseEvent, Ref } from 'react';
import { classNames } from '../class-names.ts';
import { Icon, type IconName } from '../icon/icon.tsx';
import { Tooltip, type TooltipSide } from '../tooltip/tooltip.tsx';
import css from './button.module.css';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  /** `primary`: the one main act of a view. `danger` names an act that can't be undone. */
  kind?: 'plain' | 'primary' | 'quiet' | 'danger';
  icon?: IconName;
  small?: boolean;
  wide?: boolean;
  /** The act is under way: the button stays in place and in focus, and does nothing. */
  busy?: boolean;
}

export function Button({ kind = 'plain', icon, small, wide, busy = false, children, onClick, ...rest }: ButtonProps) {
  const name = classNames(css.button, css[kind], small && css.small, wide && css.wide, busy && css.busy);
  return (
    <button
      type="button"
      {...rest}
      className={name}
      onClick={(event) => (busy ? event.preventDefault() : firstClick(event, onClick))}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
    >
      {icon && <Icon name={icon} small={small ?? false} />}
      {children}
    </button>
  );
}

/** The second click of a double one is for the button that it began on, and another may stand there by now. */
function firstClick(event: MouseEvent<HTMLButtonElement>, act: ButtonProps['onClick']): void {
  if (event.detail > 1) event.preventDefault();
  else act?.(event);
}

/** A way aside from the acts of a view: reads like a link, and leads nowhere else. */
export function TextButton({ onClick, ...rest }: Omit<ComponentProps<'button'>, 'className' | 'type'>) {
  return <button {...rest} type="button" className={css.text} onClick={(event) => firstClick(event, onClick)} />;
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'className' | 'aria-label'> {
  icon: IconName;
  /** What it does: spoken, and shown as a tooltip. */
  label: string;
  primary?: boolean;
  small?: boolean;
  side?: TooltipSide;
  className?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, primary, small, side, className, children, ...rest }: IconButtonProps) {
  const name = classNames(css.iconButton, primary && css.primary, small && css.smallIcon, className);
  return (
    <Tooltip text={label} {...(side && { side })}>
      <button type="button" {...rest} className={name} aria-label={label}>
        <Icon name={icon} small={small ?? false} />
        {children}
      </button>
    </Tooltip>
  );
}
