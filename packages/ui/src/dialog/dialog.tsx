import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { IconButton } from '../button/button.tsx';
import css from './dialog.module.css';

export interface DialogProps {
  title: string;
  /** The name of the way out, for its button. */
  closeLabel: string;
  onClose(): void;
  children: ReactNode;
  /** `alert` for something that is lost by going on: it interrupts a screen reader, and a click beside it does nothing. */
  kind?: 'dialog' | 'alert';
}

/**
 * One title, one thought. The browser's own `<dialog>`: it traps focus, closes on Escape, makes the rest inert, and
 * gives focus back to where it came from. What carries `data-autofocus` gets the focus first.
 */
export function Dialog({ title, closeLabel, onClose, children, kind = 'dialog' }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // By itself the browser takes the first button, which is the way out.
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way; the click is the one beside the dialog
    <dialog
      ref={ref}
      className={css.dialog}
      role={kind === 'alert' ? 'alertdialog' : undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
      onClick={(event) => {
        if (kind === 'dialog' && event.target === event.currentTarget) onClose();
      }}
    >
      <div className={css.sheet}>
        <header className={css.head}>
          <h2 id={titleId}>{title}</h2>
          {kind === 'dialog' && <IconButton icon="close" label={closeLabel} onClick={onClose} />}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** The buttons of a dialog: the way out on the left of the way on. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className={css.actions}>{children}</div>;
}
