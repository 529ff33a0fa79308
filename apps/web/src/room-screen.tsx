import type { Me, Person, RoomDetails, RoomHandle, SottoSession } from '@sotto/client/types.ts';
import { SkeletonRows, State } from '@sotto/ui/state/state.tsx';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { ComposerView } from './features/composer/composer-view.tsx';
import type { Drafts } from './features/composer/drafts.ts';
import { InvitationView } from './features/invites/invitation-view.tsx';
import { InviteDialog } from './features/invites/invite-dialog.tsx';
import { LeaveDialog } from './features/members/leave-dialog.tsx';
import { MembersView } from './features/members/members-view.tsx';
import { PersonCard } from './features/members/person-card.tsx';
import { SendBlock } from './features/members/send-block.tsx';
import { RoomSecurityDialog } from './features/room-security/room-security-dialog.tsx';
import { SuccessorBanner } from './features/room-security/successor-banner.tsx';
import type { SealedAct } from './features/timeline/timeline-rows.tsx';
import { TimelineView } from './features/timeline/timeline-view.tsx';
import { useWords } from './i18n/words.tsx';
import { useLasting } from './observe/use-lasting.ts';
import { useObservable } from './observe/use-observable.ts';
import { BareHead, RoomHead } from './room-head.tsx';
import css from './room-screen.module.css';
import { hrefOf, type Router } from './routes.ts';

export interface RoomScreenProps {
  roomId: string;
  panel: 'people' | undefined;
  me: Me;
  session: SottoSession;
  router: Router;
  drafts: Drafts;
  /** Leads to recovery: a closed message, or encryption that is to be turned on, wants it. */
  onAsk(what: 'unlock' | 'other-device' | 'save'): void;
  onVerify(whom: { userId: string }): void;
  /** Leads to the chat with a person. */
  onWrite(person: Person): void;
}

/** One room: joins its header, its conversation, the composer and the panel of people. */
export function RoomScreen(props: RoomScreenProps) {
  const room = useRoom(props.session, props.roomId);
  return room ? <OpenRoom {...props} room={room} /> : null;
}

/** The room as long as it is on the screen. */
function useRoom(session: SottoSession, roomId: string): RoomHandle | undefined {
  const [room, setRoom] = useState<RoomHandle>();
  useLayoutEffect(() => {
    const opened = session.room(roomId);
    setRoom(opened);
    return () => opened.close();
  }, [session, roomId]);
  return room;
}

function OpenRoom({ room, ...props }: RoomScreenProps & { room: RoomHandle }) {
  const { session, router, roomId } = props;
  const details = useObservable(room.details);
  const summary = useObservable(session.rooms).find((each) => each.roomId === roomId);
  const isMissing = useLasting(details === undefined && summary === undefined, 3000);
  const { t } = useWords();
  if (summary && summary.membership === 'invite') {
    return (
      <Bare router={router} name={summary.name}>
        <InvitationView room={room} summary={summary} onDeclined={() => router.replace({ name: 'home' })} />
      </Bare>
    );
  }
  if (!details) {
    return (
      <Bare router={router} name="">
        {isMissing ? (
          <State icon="chat" title={t.conversation.gone}>
            <p>{t.conversation.goneText}</p>
          </State>
        ) : (
          <SkeletonRows count={6} label={t.conversation.loading} />
        )}
      </Bare>
    );
  }
  return <Conversation {...props} room={room} details={details} />;
}

/** A room that isn't a conversation yet: on a phone it still has its way back. */
function Bare({ router, name, children }: { router: Router; name: string; children: ReactNode }) {
  const { t } = useWords();
  return (
    <section className={css.conversation} aria-label={name || t.conversation.loading}>
      <BareHead router={router} name={name} />
      <div className={css.bare}>{children}</div>
    </section>
  );
}

interface ConversationProps extends RoomScreenProps {
  room: RoomHandle;
  details: RoomDetails;
}

function Conversation(props: ConversationProps) {
  const { room, details, panel, me, session, router, drafts, onAsk, onVerify, onWrite } = props;
  const [asking, setAsking] = useState<RoomDialog>();
  const [person, setPerson] = useState<Person>();
  const here = { name: 'room', roomId: room.roomId } as const;
  const isPanelOpen = panel === 'people';
  const peopleButton = useRef<HTMLButtonElement>(null);
  const closePanel = () => router.back(here);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !isPanelOpen || asking) return;
    event.preventDefault();
    closePanel();
  };
  // However the panel was left, it opens with everyone again.
  useEffect(() => {
    if (!isPanelOpen) setPerson(undefined);
  }, [isPanelOpen]);
  const openPerson = (who: Person) => {
    setPerson(who);
    if (!isPanelOpen) router.go({ ...here, panel: 'people' });
  };
  const openRoom = (roomId: string) => router.go({ name: 'room', roomId });
  useFocusBack(isPanelOpen, peopleButton);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears Escape from whatever has the focus inside
    <div className={css.screen} onKeyDown={onKeyDown}>
      <section className={css.conversation} aria-label={details.name} data-panel={isPanelOpen}>
        <RoomHead
          details={details}
          myId={me.userId}
          router={router}
          isPanelOpen={isPanelOpen}
          peopleButton={peopleButton}
          onPeople={() => (isPanelOpen ? closePanel() : router.go({ ...here, panel: 'people' }))}
          onInvite={() => setAsking('invite')}
          onLeave={() => setAsking('leave')}
          onSecurity={() => setAsking('security')}
        />
        <TimelineView
          room={room}
          details={details}
          myId={me.userId}
          onInvite={() => setAsking('invite')}
          onSealed={sealedAct({ onAsk, onVerify, openPerson, onWrite })}
          earlierHref={details.predecessor && hrefOf({ name: 'room', ...details.predecessor })}
        />
        <Writing {...{ room, details, session, drafts, onVerify }} onGo={openRoom} />
      </section>
      {isPanelOpen && (
        <PeoplePanel
          session={session}
          details={details}
          myId={me.userId}
          person={person}
          onPerson={setPerson}
          onVerify={onVerify}
          onWrite={onWrite}
          onClose={closePanel}
          onInvite={() => setAsking('invite')}
        />
      )}
      <RoomDialogs
        open={asking}
        room={room}
        details={details}
        session={session}
        onSaveFirst={() => onAsk('save')}
        onClose={() => setAsking(undefined)}
        onMoved={openRoom}
        onLeft={() => router.replace({ name: 'home' })}
      />
    </div>
  );
}

interface WritingProps extends Pick<ConversationProps, 'room' | 'details' | 'session' | 'drafts' | 'onVerify'> {
  onGo(roomId: string): void;
}

/** The field, or why there is none: something is to be decided first, or the room goes on in another one. */
function Writing({ room, details, session, drafts, onVerify, onGo }: WritingProps) {
  const { successor, trust } = details;
  const moved = successor && <SuccessorBanner successor={successor} onGo={onGo} />;
  const decide = isBlocked(details) && <SendBlock {...{ session, room, onVerify, trust }} />;
  return (
    <ComposerView
      room={room}
      roomName={details.name}
      canSend={details.canSend}
      typing={details.typing}
      drafts={drafts}
      blocked={decide || (successor?.isProven && moved)}
      above={!successor?.isProven && moved}
    />
  );
}

type RoomDialog = 'invite' | 'leave' | 'security';

interface RoomDialogsProps {
  open: RoomDialog | undefined;
  room: RoomHandle;
  details: RoomDetails;
  session: SottoSession;
  onSaveFirst(): void;
  onClose(): void;
  onMoved(roomId: string): void;
  onLeft(): void;
}

/** What was asked for about the room. */
function RoomDialogs({ open, room, details, session, onSaveFirst, onClose, onMoved, onLeft }: RoomDialogsProps) {
  const recovery = useObservable(session.recovery).kind;
  if (open === 'leave') return <LeaveDialog room={room} roomName={details.name} onClose={onClose} onLeft={onLeft} />;
  if (open === 'security') {
    const saveFirst = () => {
      onClose();
      onSaveFirst();
    };
    return <RoomSecurityDialog {...{ room, details, recovery, onMoved, onClose }} onSaveFirst={saveFirst} />;
  }
  if (open !== 'invite') return null;
  return (
    <InviteDialog
      room={room}
      roomName={details.name}
      members={details.members}
      searchPeople={session.searchPeople}
      onClose={onClose}
    />
  );
}

const isBlocked = ({ trust }: RoomDetails) => trust !== undefined && trust.sendBlockedBy.length > 0;

interface SealedWays extends Pick<RoomScreenProps, 'onAsk' | 'onVerify' | 'onWrite'> {
  openPerson(person: Person): void;
}

/** Where the one thing to do about a closed message leads. */
function sealedAct({ onAsk, onVerify, openPerson, onWrite }: SealedWays): SealedAct {
  return (action, sender) => {
    if (action === 'unlock') onAsk('unlock');
    else if (action === 'verify-session') onAsk('other-device');
    else if (action === 'verify-person') onVerify(sender);
    else if (action === 'accept-identity') openPerson(sender);
    else onWrite(sender);
  };
}

interface PeoplePanelProps {
  session: SottoSession;
  details: RoomDetails;
  myId: string;
  /** Whose card is open; otherwise the list of all. */
  person: Person | undefined;
  onPerson(person: Person | undefined): void;
  onVerify(person: Person): void;
  onWrite(person: Person): void;
  onClose(): void;
  onInvite(): void;
}

/** Everyone in the room, or one of them. */
function PeoplePanel({ session, details, myId, person, onVerify, onWrite, ...on }: PeoplePanelProps) {
  const last = useRef<string>(undefined);
  last.current = person?.userId ?? last.current;
  if (!person) return <MembersView details={details} myId={myId} from={last.current} {...on} />;
  return (
    <PersonCard
      key={person.userId}
      session={session}
      who={person}
      isMe={person.userId === myId}
      onVerify={() => onVerify(person)}
      onWrite={() => onWrite(person)}
      onBack={() => on.onPerson(undefined)}
      onClose={on.onClose}
    />
  );
}

/** When the panel closes, the focus is where it was opened from. */
function useFocusBack(isOpen: boolean, opener: { readonly current: HTMLElement | null }): void {
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen, opener]);
}
