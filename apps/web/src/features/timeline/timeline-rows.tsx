import type { SealedAction } from '@sotto/client/trust-types.ts';
import type { Person, RoomDetails, RoomHandle, TimelineItem } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { classNames } from '@sotto/ui/class-names.ts';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { OnlyRead } from '@sotto/ui/only-read/only-read.tsx';
import { SkeletonRows } from '@sotto/ui/state/state.tsx';
import { Tooltip } from '@sotto/ui/tooltip/tooltip.tsx';
import { memo } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { noticeText } from './notice-text.ts';
import css from './timeline.module.css';
import { type TimelineRow, textParts } from './timeline-model.ts';

type RoomActs = Pick<RoomHandle, 'loadEarlier' | 'retry' | 'discard'>;
type Said = Exclude<TimelineItem, { kind: 'notice' }>;
type Message = Extract<TimelineItem, { kind: 'message' }>;

/** The one thing to do about a message that can't be opened. */
export type SealedAct = (action: Exclude<SealedAction, 'wait' | 'none'>, sender: Person) => void;

export interface RowViewProps {
  row: TimelineRow;
  details: RoomDetails;
  myId: string;
  now: number;
  room: RoomActs;
  onInvite(): void;
  onSealed: SealedAct;
  earlierHref: string | undefined;
}

/** One row of whatever kind. */
export function RowView({ row, details, myId, now, room, onInvite, onSealed, earlierHref }: RowViewProps) {
  const { t, dates } = useWords();
  switch (row.kind) {
    case 'top':
      return <TopRow earlier={row.earlier} details={details} room={room} onInvite={onInvite} />;
    case 'day':
      return (
        <h2 className={css.day}>
          <time dateTime={new Date(row.ms).toISOString().slice(0, 10)}>{dates.day(row.ms, now)}</time>
        </h2>
      );
    case 'unread':
      return <p className={css.unread}>{t.conversation.newLine}</p>;
    case 'notice':
      return (
        <p className={css.notice} title={dates.full(row.item.sentAtMs)}>
          {row.item.what.kind === 'encrypted' && <Icon name="lock" small />}
          <span>
            {noticeText(t, row.item.what, myId)}{' '}
            {row.item.what.kind === 'created' && earlierHref && <a href={earlierHref}>{t.conversation.earlierRoom}</a>}
          </span>
        </p>
      );
    case 'said':
      return <SaidRow {...row} room={room} onSealed={onSealed} />;
  }
}

interface TopRowProps {
  earlier: Extract<TimelineRow, { kind: 'top' }>['earlier'];
  details: RoomDetails;
  room: RoomActs;
  onInvite(): void;
}

/** What stands above the first message: the beginning itself, or the way further back. */
function TopRow({ earlier, details, room, onInvite }: TopRowProps) {
  const { t } = useWords();
  if (earlier === 'more' || earlier === 'loading') {
    return <SkeletonRows count={3} label={t.conversation.loadingEarlier} />;
  }
  if (typeof earlier === 'object') {
    return (
      <div className={css.topProblem} role="alert">
        <p>
          {t.conversation.earlierFailed} {problemText(t, earlier.problem)}
        </p>
        <Button small icon="retry" onClick={() => void room.loadEarlier()}>
          {t.app.retry}
        </Button>
      </div>
    );
  }
  const isDirect = details.kind === 'direct';
  return (
    <div className={css.beginning}>
      <Avatar
        name={details.name}
        id={details.otherUserId ?? details.roomId}
        shape={isDirect ? 'round' : 'square'}
        size="large"
      />
      <h2>{isDirect ? t.conversation.beginningDirect(details.name) : t.conversation.beginning(details.name)}</h2>
      <p>{details.isEncrypted ? t.conversation.beginningEncrypted : t.conversation.beginningClear}</p>
      {details.canInvite && details.members.length === 1 && (
        <div className={css.first}>
          <Button icon="plus" onClick={onInvite}>
            {t.conversation.invitePeople}
          </Button>
        </div>
      )}
    </div>
  );
}

interface SaidRowProps {
  item: Said;
  isFirst: boolean;
  tellsOrigin: boolean;
  tellsReason: boolean;
  room: RoomActs;
  onSealed: SealedAct;
}

/** One message. Drawn anew only when it changes. */
const SaidRow = memo(function SaidRow({ item, isFirst, tellsOrigin, tellsReason, room, onSealed }: SaidRowProps) {
  const { t, dates } = useWords();
  // "Mira" over "waves from the kitchen" reads as one sentence; "You" would not.
  const isEmote = item.kind === 'message' && item.style === 'emote';
  const name = item.isMine && !isEmote ? t.app.you : item.sender.displayName;
  const at = (
    <time className={css.time} dateTime={new Date(item.sentAtMs).toISOString()} title={dates.full(item.sentAtMs)}>
      {dates.time(item.sentAtMs)}
    </time>
  );
  const state = item.kind === 'message' ? item.delivery : 'sent';
  return (
    <article className={classNames(css.message, isFirst && css.first, css[state])} data-delivery={state}>
      {isFirst ? (
        <>
          <span className={css.face}>
            <Avatar name={item.sender.displayName} id={item.sender.userId} />
          </span>
          <p className={css.byline}>
            <span className={css.name}>{name}</span> {at}
          </p>
        </>
      ) : (
        <>
          <OnlyRead>{name}</OnlyRead>
          {at}
        </>
      )}
      {item.kind === 'message' ? (
        <MessageBody item={item} tellsOrigin={tellsOrigin} room={room} />
      ) : tellsReason ? (
        <SealedBody item={item} onSealed={onSealed} />
      ) : (
        <SealedLine item={item} />
      )}
    </article>
  );
});

interface MessageBodyProps {
  item: Message;
  tellsOrigin: boolean;
  room: RoomActs;
}

function MessageBody({ item, tellsOrigin, room }: MessageBodyProps) {
  const { t } = useWords();
  const isUnproven = item.doubt === 'authenticity';
  const origin = item.sharedBy
    ? t.trust.sharedBy(item.sharedBy.displayName)
    : isUnproven
      ? t.doubts.authenticity
      : undefined;
  return (
    <>
      <p
        className={classNames(css.text, item.style === 'emote' && css.emote, item.style === 'notice' && css.noticeText)}
        dir="auto"
      >
        <LinkedText text={item.text} />
        {item.isEdited && <span className={css.edited}> ({t.conversation.edited})</span>}
        {origin !== undefined && !tellsOrigin && (
          <Tooltip text={origin}>
            <span className={css.originMark}>
              <Icon name="info" small label={origin} />
            </span>
          </Tooltip>
        )}
        {item.delivery === 'sending' && (
          <span className={css.pending}>
            <Icon name="clock" small label={t.conversation.sending} />
          </span>
        )}
      </p>
      {item.doubt && !isUnproven && (
        <p className={classNames(css.mark, item.doubt === 'sender-mismatch' ? css.act : css.look)}>
          <Icon name={item.doubt === 'not-encrypted' ? 'lock-open' : 'alert'} small />
          <span>{t.doubts[item.doubt]}</span>
        </p>
      )}
      {tellsOrigin && (
        <p className={classNames(css.mark, css.shared)}>
          <Icon name="info" small />
          <span>{origin}</span>
        </p>
      )}
      {item.delivery === 'failed' && (
        <div className={css.failedLine} role="alert">
          <p className={classNames(css.mark, css.act)}>
            <Icon name="alert" small />
            <span>
              {t.conversation.failed} {item.problem && problemText(t, item.problem)}
            </span>
          </p>
          <Button small icon="retry" onClick={() => room.retry(item.key)}>
            {t.app.retry}
          </Button>
          <Button small kind="quiet" onClick={() => room.discard(item.key)}>
            {t.conversation.discard}
          </Button>
        </div>
      )}
    </>
  );
}

function LinkedText({ text }: { text: string }) {
  const parts = textParts(text);
  return parts.map((part, index) =>
    part.href === undefined ? (
      part.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
        {part.text}
      </a>
    ),
  );
}

type Closed = Extract<Said, { kind: 'undecryptable' }>;

/** A closed message after one that was closed for the same reason: the eye has that one, a screen reader hears it again. */
function SealedLine({ item: { reason, action, sender } }: { item: Closed }) {
  const { t } = useWords();
  const why = t.sealed[reason](sender.displayName);
  const isFinal = action === 'none' || action === 'ask-sender';
  return (
    <p className={css.sealed}>
      <Tooltip text={why}>
        <Icon name="lock" label={why} />
      </Tooltip>
      <span aria-hidden="true">{isFinal ? t.conversation.closed : t.conversation.closedYet}</span>
    </p>
  );
}

/** A closed message that says why, and the one thing to do. */
function SealedBody({ item, onSealed }: { item: Closed; onSealed: SealedAct }) {
  const { t } = useWords();
  const { action, sender } = item;
  const label = action === 'wait' || action === 'none' ? undefined : t.trust.sealed[action];
  return (
    <div className={css.sealed}>
      <Icon name="lock" />
      <div className={css.sealedWords}>
        <p>{t.sealed[item.reason](sender.displayName)}</p>
        {label !== undefined && action !== 'wait' && action !== 'none' && (
          <Button small onClick={() => onSealed(action, sender)}>
            {typeof label === 'function' ? label(sender.displayName) : label}
          </Button>
        )}
      </div>
    </div>
  );
}
