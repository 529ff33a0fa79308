import { type ReactNode, useEffect, useRef } from 'react';
import { placeBeside } from '../place.ts';
import css from './tooltip.module.css';

export type TooltipSide = 'below' | 'above' | 'right';

export interface TooltipProps {
  /** What the thing is called. The child carries the same words for a screen reader itself. */
  text: string;
  side?: TooltipSide;
  /** One element. */
  children: ReactNode;
}

/** Names an icon, on hover and when keys reach it; focus that is given to it covers nothing. Lies in the top layer, so that no scrolling list cuts it off. */
export function Tooltip({ text, side = 'below', children }: TooltipProps) {
  const wrap = useRef<HTMLSpanElement>(null);
  const tip = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const anchor = wrap.current?.firstElementChild;
    const floating = tip.current;
    if (!anchor || !floating) return;
    return showOnPointerOrFocus(anchor, floating, side);
  }, [side]);
  return (
    <span ref={wrap} className={css.wrap}>
      {children}
      <span ref={tip} className={css.tip} popover="manual" aria-hidden="true">
        {text}
      </span>
    </span>
  );
}

function showOnPointerOrFocus(anchor: Element, tip: HTMLElement, side: TooltipSide): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = () => {
    clearTimeout(timer);
    if (tip.matches(':popover-open')) tip.hidePopover();
  };
  const show = () => {
    if (!tip.isConnected || anchor.getAttribute('aria-expanded') === 'true') return;
    tip.showPopover();
    const at = placeBeside(anchor.getBoundingClientRect(), {
      size: tip.getBoundingClientRect(),
      window: { width: innerWidth, height: innerHeight },
      side,
      align: 'centre',
    });
    tip.style.left = `${at.left}px`;
    tip.style.top = `${at.top}px`;
  };
  const later = (event: Event) => {
    if (event instanceof PointerEvent && event.pointerType === 'touch') return;
    clearTimeout(timer);
    timer = setTimeout(show, 400);
  };
  const reached = (event: Event) => event instanceof KeyboardEvent && /^(Tab|Arrow)/.test(event.key) && show();
  const escaped = (event: Event) => event instanceof KeyboardEvent && event.key === 'Escape' && hide();
  const hearing: [string, (event: Event) => void][] = [
    ['pointerenter', later],
    ['pointerleave', hide],
    ['pointerdown', hide],
    ['keyup', reached],
    ['blur', hide],
    ['keydown', escaped],
    ['click', hide],
  ];
  for (const [name, listener] of hearing) anchor.addEventListener(name, listener);
  return () => {
    hide();
    for (const [name, listener] of hearing) anchor.removeEventListener(name, listener);
  };
}
