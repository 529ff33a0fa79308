import type { RoomSummary } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import { Button, IconButton } from '@sotto/ui/button/button.tsx';
import { classNames } from '@sotto/ui/class-names.ts';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { Badge } from '@sotto/ui/list/badge.tsx';
import { Menu } from '@sotto/ui/menu/menu.tsx';
import { State } from '@sotto/ui/state/state.tsx';
import { memo } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { useMinute } from '../../observe/use-minute.ts';
import { groupRooms, previewText } from './room-list-model.ts';
import css from './rooms.module.css';

export interface RoomListViewProps {
  rooms: readonly RoomSummary[];
  openRoomId: string | undefined;
  hrefOf(roomId: string): string;
  /** The keys that open the finder, as they are called here: "Ctrl K" or "⌘ K". */
  findKeys: string;
  onFind(): void;
  onNewDirect(): void;
  onNewRoom(): void;
}

/** All chats: invitations first, then by newest activity. */
export function RoomListView({ rooms, openRoomId, hrefOf, findKeys, ...on }: RoomListViewProps) {
  const { t } = useWords();
  const { invitations, chats } = groupRooms(rooms);
  const row = (room: RoomSummary) => (
    <RoomRow key={room.roomId} room={room} href={hrefOf(room.roomId)} isOpen={room.roomId === openRoomId} />
  );
  return (
    <>
      <header className={css.head}>
        <h1>{t.rooms.title}</h1>
        <Menu
          items={[
            { label: t.rooms.newDirect, icon: 'compose', onChoose: on.onNewDirect },
            { label: t.rooms.newRoom, icon: 'room', onChoose: on.onNewRoom },
          ]}
          trigger={(props) => <IconButton {...props} icon="plus" label={t.rooms.newChat} />}
        />
      </header>
      <button
        type="button"
        className={css.find}
        onClick={on.onFind}
        data-focus-heir
        aria-keyshortcuts="Control+K Meta+K"
      >
        <Icon name="search" small />
        <span>{t.rooms.find}</span>
        <kbd>{findKeys}</kbd>
      </button>
      <nav className={css.rooms} aria-label={t.rooms.title}>
        {invitations.length > 0 && (
          <>
            <h2 className={css.section}>{t.rooms.invitations}</h2>
            <ul>{invitations.map(row)}</ul>
            {chats.length > 0 && <hr className={css.rule} />}
          </>
        )}
        {chats.length > 0 && <ul>{chats.map(row)}</ul>}
        {rooms.length === 0 && <NoRooms {...on} />}
      </nav>
    </>
  );
}

function NoRooms({ onNewDirect, onNewRoom }: Pick<RoomListViewProps, 'onNewDirect' | 'onNewRoom'>) {
  const { t } = useWords();
  const actions = (
    <>
      <Button kind="primary" onClick={onNewDirect}>
        {t.rooms.newDirect}
      </Button>
      <Button onClick={onNewRoom}>{t.rooms.newRoom}</Button>
    </>
  );
  return (
    <State icon="chat" title={t.rooms.emptyTitle} action={actions}>
      <p>{t.rooms.emptyText}</p>
    </State>
  );
}

/** Whether everyone in a room is verified (features C5); nothing where that says nothing. */
function Shield({ shield = 'none' }: Pick<RoomSummary, 'shield'>) {
  const { t } = useWords();
  if (shield === 'none') return null;
  const looks = {
    grey: { name: 'shield', label: t.trust.shieldGrey, className: css.lock },
    green: { name: 'shield-check', label: t.trust.shieldGreen, className: css.green },
    red: { name: 'shield-alert', label: t.trust.shieldRed, className: css.red },
  } as const;
  return <Icon small {...looks[shield]} />;
}

/** One chat. Drawn anew only when it changes: the list may be long, and every message reorders it. */
const RoomRow = memo(function RoomRow({ room, href, isOpen }: { room: RoomSummary; href: string; isOpen: boolean }) {
  const { t, dates } = useWords();
  const now = useMinute();
  const isUnread = room.unreadCount > 0 || room.membership === 'invite';
  const shape = room.kind === 'direct' ? 'round' : 'square';
  const lock = room.isEncrypted ? t.rooms.encrypted : t.rooms.notEncrypted;
  return (
    <li>
      <a className={classNames(css.row, isUnread && css.unread)} href={href} aria-current={isOpen ? 'page' : undefined}>
        <Avatar name={room.name} id={room.otherUserId ?? room.roomId} shape={shape} />
        <span className={css.words}>
          <span className={css.line}>
            <span className={css.name}>{room.name}</span>
            <Icon name={room.isEncrypted ? 'lock' : 'lock-open'} small label={lock} className={css.lock} />
            <Shield shield={room.shield} />
            <span className={css.push} />
            {room.membership === 'join' && <time className={css.time}>{dates.short(room.lastActivityMs, now)}</time>}
          </span>
          <span className={css.line}>
            <span className={css.preview}>{previewText(t, room)}</span>
            <Badge count={room.unreadCount} label={t.rooms.unread(room.unreadCount)} />
          </span>
        </span>
      </a>
    </li>
  );
});
