/** Where a floating thing goes: beside its anchor, kept inside the window. Pure, in CSS pixels of the window. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Side = 'below' | 'above' | 'right';

export interface Floating {
  size: { width: number; height: number };
  window: { width: number; height: number };
  side: Side;
  /** `start` lines up the leading edges, `end` the trailing ones, `centre` the middles. */
  align: 'start' | 'centre' | 'end';
}

const gap = 6;
const margin = 8;

/** The top left corner for a floating thing of this size; flips to the other side when there is no room. */
export function placeBeside(anchor: Box, { size, window, side, align }: Floating): { left: number; top: number } {
  const keep = (value: number, length: number, room: number) =>
    Math.max(margin, Math.min(value, room - length - margin));
  if (side === 'right') {
    const top = keep(anchor.top + anchor.height / 2 - size.height / 2, size.height, window.height);
    return { left: keep(anchor.left + anchor.width + gap, size.width, window.width), top };
  }
  const below = anchor.top + anchor.height + gap;
  const above = anchor.top - gap - size.height;
  const fitsBelow = below + size.height + margin <= window.height;
  const top = side === 'below' ? (fitsBelow || above < margin ? below : above) : above >= margin ? above : below;
  const slack = anchor.width - size.width;
  const left = anchor.left + (align === 'start' ? 0 : align === 'end' ? slack : slack / 2);
  return { left: keep(left, size.width, window.width), top: keep(top, size.height, window.height) };
}
