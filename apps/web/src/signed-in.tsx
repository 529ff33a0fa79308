import type { Me, Person, SottoSession } from '@sotto/client/types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { State } from '@sotto/ui/state/state.tsx';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { createDrafts, type Drafts } from './features/composer/drafts.ts';
import { FinderDialog, type FinderDialogProps } from './features/finder/finder-dialog.tsx';
import { AcceptLinkView } from './features/invites/accept-link-view.tsx';
import { NewDirectDialog } from './features/new-chat/new-direct-dialog.tsx';
import { NewRoomDialog } from './features/new-chat/new-room-dialog.tsx';
import { type Unopened, UnopenedDialog } from './features/new-chat/unopened-dialog.tsx';
import { EncryptionSettings } from './features/recovery/encryption-settings.tsx';
import { RecoveryBanner } from './features/recovery/recovery-banner.tsx';
import { unreadTotal } from './features/rooms/room-list-model.ts';
import { RoomListView } from './features/rooms/room-list-view.tsx';
import { NewLoginBanner } from './features/sessions/new-login-banner.tsx';
import { SessionsSettings } from './features/sessions/sessions-settings.tsx';
import { SettingsPart, SettingsView } from './features/settings/settings-view.tsx';
import { VerificationDialogs } from './features/verification/verification-dialogs.tsx';
import type { Wanted } from './features/verification/wanted.ts';
import { problemOf } from './i18n/problem-text.ts';
import { useWords } from './i18n/words.tsx';
import { useKeptFocus } from './observe/use-kept-focus.ts';
import { useLasting } from './observe/use-lasting.ts';
import { type MinuteClock, MinuteClockContext } from './observe/use-minute.ts';
import { useObservable } from './observe/use-observable.ts';
import type { KeyValueStore, Preferences } from './preferences.ts';
import { type RecoveryDialog, RecoveryDialogs } from './recovery-dialogs.tsx';
import { RoomScreen } from './room-screen.tsx';
import { hrefOf, type Route, type Router } from './routes.ts';
import { Frame } from './shell/frame.tsx';
import { Rail } from './shell/rail.tsx';
import { RoomBoundary } from './shell/room-boundary.tsx';

export interface SignedInProps {
  me: Me;
  session: SottoSession;
  router: Router;
  preferences: Preferences;
  clock: MinuteClock;
  store: KeyValueStore;
  /** How the keys of the finder are called here. */
  findKeys: string;
}

type Asking = 'finder' | 'new-direct' | 'new-room' | Unopened;

/** Everything that comes after being logged in. Loaded while the person still types. */
export function SignedIn(props: SignedInProps) {
  const { me, session, router, preferences, clock, store } = props;
  const route = useObservable(router);
  const rooms = useObservable(session.rooms);
  const drafts = useMemo(() => createDrafts(store, me.userId), [store, me.userId]);
  const [asking, setAsking] = useState<Asking>();
  const [dialog, setDialog] = useState<RecoveryDialog>();
  const [wanted, setWanted] = useState<Wanted>();
  useFinderKeys(() => setAsking('finder'));
  useFocusOnReturn(route);
  useKeptFocus();
  useWindowTitle(session, route);

  const openRoom = (roomId: string) => {
    setAsking(undefined);
    router.go({ name: 'room', roomId });
  };
  const stopAsking = () => setAsking(undefined);
  const openDirect = (who: Person) =>
    void session
      .openDirect(who.userId)
      .then(openRoom, (error: unknown) => setAsking({ who, problem: problemOf(error) }));
  const verify = (whom: Wanted) => {
    setDialog(undefined);
    setWanted(whom);
  };
  const ask = (what: RecoveryDialog | 'other-device' | 'repair') =>
    what === 'other-device' ? verify({}) : setDialog(what === 'repair' ? 'change' : what);
  return (
    <MinuteClockContext value={clock}>
      <Frame
        pane={route.name === 'home' || (route.name === 'login' && !route.token) ? 'list' : 'sheet'}
        banners={
          <>
            <OfflineLine session={session} />
            <RecoveryBanner recovery={session.recovery} onAsk={ask} />
            <NewLoginBanner devices={session.devices} />
          </>
        }
        rail={
          <Rail
            me={me}
            current={route.name === 'settings' ? 'settings' : 'chats'}
            unread={unreadTotal(rooms)}
            chatsHref={hrefOf({ name: 'home' })}
            settingsHref={hrefOf({ name: 'settings' })}
            preferences={preferences}
          />
        }
        list={
          <RoomListView
            rooms={rooms}
            openRoomId={route.name === 'room' ? route.roomId : undefined}
            hrefOf={roomHref}
            findKeys={props.findKeys}
            onFind={() => setAsking('finder')}
            onNewDirect={() => setAsking('new-direct')}
            onNewRoom={() => setAsking('new-room')}
          />
        }
      >
        <Sheet {...props} route={route} drafts={drafts} onAsk={ask} onVerify={verify} onWrite={openDirect} />
      </Frame>
      <RecoveryDialogs
        recovery={session.recovery}
        account={me.userId}
        open={dialog}
        onOpen={setDialog}
        onOtherDevice={() => verify({})}
      />
      <VerificationDialogs verifications={session.verifications} wanted={wanted} onWanted={setWanted} />
      <Asked
        what={asking}
        session={session}
        rooms={rooms}
        myId={me.userId}
        onClose={stopAsking}
        onOpen={openRoom}
        onPerson={openDirect}
      />
    </MinuteClockContext>
  );
}

interface AskedProps extends FinderDialogProps {
  what: Asking | undefined;
  session: SottoSession;
}

/** The dialog by which one finds or begins a chat. */
function Asked({ what, ...finder }: AskedProps) {
  const { session, myId, onClose, onOpen } = finder;
  switch (what) {
    case 'finder':
      return <FinderDialog {...finder} />;
    case 'new-direct':
      return <NewDirectDialog session={session} myId={myId} onClose={onClose} onOpened={onOpen} />;
    case 'new-room':
      return <NewRoomDialog session={session} onClose={onClose} onCreated={onOpen} />;
    case undefined:
      return null;
    default:
      return <UnopenedDialog {...what} session={session} onClose={onClose} onOpened={onOpen} />;
  }
}

const roomHref = (roomId: string) => hrefOf({ name: 'room', roomId });

interface SheetProps extends SignedInProps {
  route: Route;
  drafts: Drafts;
  onAsk(what: RecoveryDialog | 'other-device'): void;
  onVerify(whom: Wanted): void;
  onWrite(person: Person): void;
}

/** What the address leads to. */
function Sheet({ me, session, router, preferences, route, drafts, onAsk, onVerify, onWrite }: SheetProps) {
  const { t } = useWords();
  const linkDone = useCallback(
    (roomId: string | undefined) => router.replace(roomId === undefined ? { name: 'home' } : { name: 'room', roomId }),
    [router],
  );
  const logOut = async () => {
    drafts.clear();
    await session.logOut();
    router.replace({ name: 'login' });
    // A new page lets go of all that memory still holds of the session, its store of keys included.
    globalThis.location.reload();
  };
  if (route.name === 'room') {
    return (
      <RoomBoundary key={route.roomId} homeHref={hrefOf({ name: 'home' })}>
        <RoomScreen
          roomId={route.roomId}
          panel={route.panel}
          me={me}
          session={session}
          router={router}
          drafts={drafts}
          onAsk={onAsk}
          onVerify={onVerify}
          onWrite={onWrite}
        />
      </RoomBoundary>
    );
  }
  if (route.name === 'settings') {
    const back = () => router.back({ name: 'home' });
    return (
      <SettingsView
        me={me}
        session={session}
        preferences={preferences}
        onBack={back}
        onSaveRecovery={() => onAsk('save')}
        onLogOut={logOut}
      >
        <TrustSettings session={session} onAsk={onAsk} onVerify={onVerify} />
      </SettingsView>
    );
  }
  const token = route.name === 'invite' || route.name === 'login' ? route.token : undefined;
  if (token !== undefined) return <AcceptLinkView session={session} token={token} onDone={linkDone} />;
  return <State icon="chat" title={t.nav.nothingOpen} />;
}

/** The parts of the settings that are about keys and sessions, as soon as it is known where they stand. */
function TrustSettings({ session, onAsk, onVerify }: Pick<SheetProps, 'session' | 'onAsk' | 'onVerify'>) {
  const { t } = useWords();
  const isKnown = useObservable(session.recovery).kind !== 'unknown';
  if (!isKnown) return null;
  return (
    <>
      <SettingsPart id="encryption" title={t.recovery.settingsTitle}>
        <EncryptionSettings recovery={session.recovery} onAsk={onAsk} />
      </SettingsPart>
      <SettingsPart id="sessions" title={t.sessions.title}>
        <SessionsSettings devices={session.devices} onVerify={(deviceId) => onVerify({ deviceId })} />
      </SettingsPart>
    </>
  );
}

function OfflineLine({ session }: Pick<SignedInProps, 'session'>) {
  const { t } = useWords();
  const hasNetwork = useSyncExternalStore(subscribeToNetwork, () => navigator.onLine);
  const isReconnecting = useObservable(session.connection) === 'reconnecting';
  const isOffline = useLasting(isReconnecting || !hasNetwork, 1500);
  return isOffline ? <Banner icon="offline">{t.nav.offline}</Banner> : null;
}

/** The browser knows at once when the cable is out; the session only when its request ends. */
function subscribeToNetwork(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

function useFinderKeys(find: () => void): void {
  const latest = useRef(find);
  latest.current = find;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** On a phone the list comes back when a room is left: with the focus on the room that was open. */
function useFocusOnReturn(route: Route): void {
  const before = useRef(route);
  useEffect(() => {
    const was = before.current;
    before.current = route;
    if (route.name !== 'home' || was.name !== 'room') return;
    document
      .querySelector<HTMLElement>(`a[href="${CSS.escape(roomHref(was.roomId))}"]`)
      ?.focus({ preventScroll: true });
  }, [route]);
}

function useWindowTitle(session: SottoSession, route: Route): void {
  const { t } = useWords();
  const rooms = useObservable(session.rooms);
  useEffect(() => {
    const open = route.name === 'room' ? rooms.find((room) => room.roomId === route.roomId)?.name : undefined;
    const title = open === undefined ? t.app.name : t.nav.windowTitle(open);
    const unread = unreadTotal(rooms);
    document.title = unread > 0 ? t.nav.unreadTitle(String(unread), title) : title;
    return () => {
      document.title = t.app.name;
    };
  }, [rooms, route, t]);
}
