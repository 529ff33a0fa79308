import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { isPrepended, type TimelineRow } from './timeline-model.ts';

export interface ScrollPlaceOptions {
  rows: readonly TimelineRow[];
  scroller: RefObject<HTMLElement | null>;
  mayLoadEarlier: boolean;
  loadEarlier(): Promise<void>;
}

export interface ScrollPlace {
  list: RefObject<VirtualizerHandle | null>;
  /** Rows came in above: keep the place from the end. */
  isShifting: boolean;
  isAtEnd: boolean;
  onScroll(offset: number): void;
  onResize(): void;
  toNewest(): void;
}

/** This close to the end counts as there. */
const endPx = 48;
/** Earlier messages are asked for before the top comes into sight. */
const aheadPx = 900;

/** Where the reader is in a conversation, and that it stays there: at the end, at a line, at the first unread. */
export function useScrollPlace({ rows, scroller, mayLoadEarlier, loadEarlier }: ScrollPlaceOptions): ScrollPlace {
  const list = useRef<VirtualizerHandle>(null);
  const before = useRef<readonly TimelineRow[]>([]);
  const sticks = useRef(true);
  const lastOffset = useRef(0);
  const [isAtEnd, setAtEnd] = useState(true);
  const isShifting = before.current !== rows && isPrepended(before.current, rows);

  // Not `scrollToIndex`: it keeps at it while rows are measured, against a reader who scrolls away meanwhile.
  const toEnd = useCallback(() => {
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [scroller]);

  const look = useCallback(() => {
    const handle = list.current;
    if (!handle) return;
    const left = handle.scrollSize - handle.scrollOffset - handle.viewportSize;
    setAtEnd(left <= endPx || sticks.current);
    if (mayLoadEarlier && handle.scrollOffset < aheadPx) void loadEarlier();
  }, [mayLoadEarlier, loadEarlier]);

  const onScroll = useCallback(
    (offset: number) => {
      const handle = list.current;
      if (!handle) return;
      const left = handle.scrollSize - offset - handle.viewportSize;
      // Only a reader scrolls up; rows that grow while at the end push down and are followed.
      if (left <= endPx) sticks.current = true;
      else if (offset < lastOffset.current) sticks.current = false;
      lastOffset.current = offset;
      look();
    },
    [look],
  );
  const onResize = useCallback(() => {
    if (sticks.current) toEnd();
    look();
  }, [look, toEnd]);

  useLayoutEffect(() => {
    const was = before.current;
    before.current = rows;
    if (rows === was) return;
    if (was.length <= 1) {
      const unread = rows.findIndex((row) => row.kind === 'unread');
      if (unread > 0 && !fitsBelow(list.current, unread)) {
        sticks.current = false;
        list.current?.scrollToIndex(Math.max(0, unread - 1), { align: 'start' });
      } else toEnd();
    } else if (endsWithNewOwn(was, rows) || sticks.current) {
      sticks.current = true;
      toEnd();
    }
    look();
  }, [rows, look, toEnd]);

  useWindowResize(scroller, onResize);
  useScrollUp(scroller, sticks);
  const toNewest = useCallback(() => {
    sticks.current = true;
    toEnd();
  }, [toEnd]);
  return { list, isShifting, isAtEnd, onScroll, onResize, toNewest };
}

/** The window itself grows and shrinks: the composer, the keyboard of a phone. */
function useWindowResize(scroller: RefObject<HTMLElement | null>, onResize: () => void): void {
  useLayoutEffect(() => {
    if (!scroller.current) return;
    const observer = new ResizeObserver(onResize);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [scroller, onResize]);
}

/** Who turns the wheel up wants to leave the end, before the first row has moved. */
function useScrollUp(scroller: RefObject<HTMLElement | null>, sticks: RefObject<boolean>): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const leave = (event: WheelEvent) => {
      if (event.deltaY < 0 && element.scrollTop > 0) sticks.current = false;
    };
    element.addEventListener('wheel', leave, { passive: true });
    return () => element.removeEventListener('wheel', leave);
  }, [scroller, sticks]);
}

function fitsBelow(list: VirtualizerHandle | null, index: number): boolean {
  return list !== null && list.scrollSize - list.getItemOffset(index) <= list.viewportSize;
}

function endsWithNewOwn(before: readonly TimelineRow[], after: readonly TimelineRow[]): boolean {
  const last = after.at(-1);
  return last?.kind === 'said' && last.item.isMine && last.key !== before.at(-1)?.key;
}
