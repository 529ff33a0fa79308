import type { RoomDetails, RoomHandle, Timeline } from '@sotto/client/types.ts';
import { IconButton } from '@sotto/ui/button/button.tsx';
import { OnlyRead } from '@sotto/ui/only-read/only-read.tsx';
import { SkeletonRows } from '@sotto/ui/state/state.tsx';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Virtualizer } from 'virtua';
import { useWords } from '../../i18n/words.tsx';
import { useMinute } from '../../observe/use-minute.ts';
import { useObservable } from '../../observe/use-observable.ts';
import css from './timeline.module.css';
import { newlySaid, type TimelineRow, timelineRows } from './timeline-model.ts';
import { RowView, type SealedAct } from './timeline-rows.tsx';
import { useScrollPlace } from './use-scroll-place.ts';

export interface TimelineViewProps {
  room: Pick<RoomHandle, 'timeline' | 'loadEarlier' | 'retry' | 'discard' | 'markRead'>;
  details: RoomDetails;
  myId: string;
  onInvite(): void;
  onSealed: SealedAct;
  /** Where the conversation before this room is. */
  earlierHref?: string | undefined;
}

/** The conversation: only the rows near the window are in the page, so that ten thousand are as fast as ten. */
export function TimelineView({ room, details, myId, onInvite, onSealed, earlierHref }: TimelineViewProps) {
  const { t, dates } = useWords();
  const now = useMinute();
  const timeline = useObservable(room.timeline);
  const rows = useMemo(() => timelineRows(timeline, dates.dayNumber), [timeline, dates]);
  const scroller = useRef<HTMLElement>(null);
  const place = useScrollPlace({
    rows,
    scroller,
    mayLoadEarlier: timeline.earlier === 'more',
    loadEarlier: room.loadEarlier,
  });
  useMarkRead(room, timeline, place.isAtEnd);

  const sealed = useSameFunction(onSealed);
  const draw = (row: TimelineRow) => (
    <RowView
      key={row.key}
      row={row}
      details={details}
      myId={myId}
      now={now}
      room={room}
      onInvite={onInvite}
      onSealed={sealed}
      earlierHref={earlierHref}
    />
  );
  const isOpening = timeline.items.length === 0 && timeline.earlier === 'loading';
  return (
    <div className={css.pane}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <section ref={scroller} className={css.scroll} tabIndex={0} aria-label={t.conversation.messages}>
        <div className={css.push} />
        {isOpening ? (
          <SkeletonRows count={5} label={t.conversation.loading} />
        ) : (
          <Virtualizer
            ref={place.list}
            data={rows}
            scrollRef={scroller}
            shift={place.isShifting}
            bufferSize={600}
            onScroll={place.onScroll}
            onResize={place.onResize}
          >
            {draw}
          </Virtualizer>
        )}
      </section>
      {!place.isAtEnd && (
        <div className={css.newest}>
          <IconButton icon="newest" label={t.conversation.newest} side="above" onClick={place.toNewest} />
        </div>
      )}
      <Announcer timeline={timeline} />
    </div>
  );
}

/** Ever the same function, so that rows are not drawn anew for it. */
function useSameFunction(call: SealedAct): SealedAct {
  const latest = useRef(call);
  latest.current = call;
  return useCallback((action, sender) => latest.current(action, sender), []);
}

/** What is seen is read: when the newest is in sight, in a window that somebody looks at. */
function useMarkRead(room: Pick<RoomHandle, 'markRead'>, timeline: Timeline, isAtEnd: boolean): void {
  const newest = timeline.items.at(-1)?.key;
  useEffect(() => {
    if (!isAtEnd || newest === undefined) return;
    const mark = () => {
      if (document.visibilityState === 'visible' && document.hasFocus()) room.markRead();
    };
    mark();
    window.addEventListener('focus', mark);
    document.addEventListener('visibilitychange', mark);
    return () => {
      window.removeEventListener('focus', mark);
      document.removeEventListener('visibilitychange', mark);
    };
  }, [room, newest, isAtEnd]);
}

/** Says aloud what others write; the list itself is silent, or scrolling would read out old messages. */
function Announcer({ timeline }: { timeline: Timeline }) {
  const { t } = useWords();
  const before = useRef(timeline);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const fresh = newlySaid(before.current, timeline);
    before.current = timeline;
    if (fresh.length > 0)
      setSaid(fresh.map((item) => t.conversation.said(item.sender.displayName, item.text)).join('\n'));
  }, [timeline, t]);
  return (
    <div aria-live="polite">
      <OnlyRead>{said}</OnlyRead>
    </div>
  );
}
