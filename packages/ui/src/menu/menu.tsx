import { type KeyboardEvent, type ReactElement, useId, useRef } from 'react';
import { classNames } from '../class-names.ts';
import { Icon, type IconName } from '../icon/icon.tsx';
import { placeBeside } from '../place.ts';
import css from './menu.module.css';

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** Names an act that loses something. */
  isDanger?: boolean;
  onChoose(): void;
}

/** What the opening button must be given. */
export interface MenuTrigger {
  id: string;
  'aria-haspopup': 'menu';
  'aria-controls': string;
  onClick(): void;
}

export interface MenuProps {
  items: readonly MenuItem[];
  /** Draws the button that opens the menu. */
  trigger(props: MenuTrigger): ReactElement;
}

/** A short list of acts behind a button: arrow keys, Home, End and first letters move, Escape closes and gives focus back. */
export function Menu({ items, trigger }: MenuProps) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const button = () => document.getElementById(`${id}-button`);

  const open = () => {
    const [floating, anchor] = [menu.current, button()];
    if (!floating || !anchor) return;
    floating.showPopover();
    const at = placeBeside(anchor.getBoundingClientRect(), {
      size: floating.getBoundingClientRect(),
      window: { width: innerWidth, height: innerHeight },
      side: 'below',
      align: 'end',
    });
    floating.style.left = `${at.left}px`;
    floating.style.top = `${at.top}px`;
    floating.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  };
  const close = () => {
    menu.current?.hidePopover();
    button()?.focus();
  };
  return (
    <>
      {trigger({ id: `${id}-button`, 'aria-haspopup': 'menu', 'aria-controls': id, onClick: open })}
      <div
        ref={menu}
        id={id}
        className={css.menu}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-labelledby={`${id}-button`}
        onKeyDown={(event) => moveInMenu(event, close)}
        onToggle={(event) => button()?.setAttribute('aria-expanded', String(event.newState === 'open'))}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={classNames(css.item, item.isDanger && css.danger)}
            onClick={() => {
              close();
              item.onChoose();
            }}
          >
            {item.icon && <Icon name={item.icon} />}
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}

function moveInMenu(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = (index: number) => items.at(index % items.length)?.focus();
  if (event.key === 'ArrowDown') to(at + 1);
  else if (event.key === 'ArrowUp') to(at < 0 ? -1 : at - 1);
  else if (event.key === 'Home') to(0);
  else if (event.key === 'End') to(-1);
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (event.key.length === 1 && event.key !== ' ') {
    const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    rest.find((item) => item.textContent?.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    return;
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
