import type { SottoSession } from '@sotto/client/types.ts';
import { IconSprite } from '@sotto/ui/icon/icon.tsx';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { LoginView } from './features/login/login-view.tsx';
import { RegisterView } from './features/login/register-view.tsx';
import type { Catalogue } from './i18n/catalogue.ts';
import type { Language } from './i18n/catalogues.ts';
import { loadCatalogue, localeOf, preferredLanguage } from './i18n/catalogues.ts';
import { WordsProvider } from './i18n/words.tsx';
import { useObservable } from './observe/use-observable.ts';
import type { Preferences } from './preferences.ts';
import { hrefOf } from './routes.ts';
import { DoorView, LookFooter, StartingView } from './shell/doors.tsx';
import type { SignedInProps } from './signed-in.tsx';

const loadSignedIn = () => import('./signed-in.tsx');
const SignedIn = lazy(() => loadSignedIn().then((module) => ({ default: module.SignedIn })));

const afterFormMs = 250;

export interface AppProps extends Omit<SignedInProps, 'me'> {
  browserLanguages: readonly string[];
  /** Resolves when it is known whether somebody is logged in on this device. */
  restored: Promise<void>;
}

/** Joins the features: which screen stands, by where the session is and where the address leads. */
export function App({ browserLanguages, ...props }: AppProps) {
  const chosen = useObservable(props.preferences);
  const language = chosen.language ?? preferredLanguage(browserLanguages);
  const loaded = useCatalogue(language);
  useTheme(props.preferences);
  if (!loaded) return null;
  return (
    <WordsProvider
      language={loaded.language}
      locale={localeOf(loaded.language, browserLanguages)}
      catalogue={loaded.catalogue}
    >
      <IconSprite />
      <Screen {...props} />
    </WordsProvider>
  );
}

function Screen({ restored, ...props }: Omit<AppProps, 'browserLanguages'>) {
  const { session, router, preferences } = props;
  const phase = useObservable(session.phase);
  const route = useObservable(router);
  const isKnown = useSettled(restored);
  const footer = <LookFooter preferences={preferences} />;
  const heavy = useMemo(() => withSignedIn(session), [session]);
  // The form comes first; the heavy part follows while the person types, or reaches for the password manager.
  const isAtForm = isKnown && (phase.kind === 'signed-out' || phase.kind === 'expired');
  useEffect(() => {
    if (!isAtForm) return;
    const timer = setTimeout(heavy.preload, afterFormMs);
    return () => clearTimeout(timer);
  }, [isAtForm, heavy]);
  // Whoever comes back needs the rest at once; it loads beside the store and the first sync.
  useEffect(() => {
    if (phase.kind === 'starting') loadSignedIn().catch(() => {});
  }, [phase.kind]);
  switch (phase.kind) {
    case 'signed-out':
      if (!isKnown) return null;
      if (route.name === 'invite') {
        const loginHref = hrefOf({ name: 'login', token: route.token });
        return (
          <RegisterView key={route.token} session={heavy} token={route.token} loginHref={loginHref} footer={footer} />
        );
      }
      return <LoginView session={heavy} footer={footer} />;
    case 'expired':
      return <LoginView session={heavy} ended={phase} footer={footer} />;
    case 'starting':
      return <StartingView />;
    case 'ready':
      return (
        <Suspense fallback={<StartingView />}>
          <SignedIn {...props} me={phase.me} />
        </Suspense>
      );
    default:
      return <DoorView phase={phase} session={session} />;
  }
}

type BeforeSession = Pick<SottoSession, 'logIn' | 'register' | 'previewInvite' | 'preload'>;

/** The session, whose `preload` fetches our own heavy part beside the engine's. */
function withSignedIn(session: SottoSession): BeforeSession {
  return {
    logIn: session.logIn,
    // The address keeps the link: once inside, it leads to the link's room (the server takes it as the same request).
    register: session.register,
    previewInvite: session.previewInvite,
    preload() {
      session.preload();
      // A failed fetch shows itself when the part is needed.
      loadSignedIn().catch(() => {});
    },
  };
}

function useSettled(promise: Promise<void>): boolean {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const settle = () => setSettled(true);
    promise.then(settle, settle);
  }, [promise]);
  return isSettled;
}

function useCatalogue(language: Language): { language: Language; catalogue: Catalogue } | undefined {
  const [loaded, setLoaded] = useState<{ language: Language; catalogue: Catalogue }>();
  useEffect(() => {
    let isCurrent = true;
    loadCatalogue(language).then((catalogue) => {
      if (!isCurrent) return;
      document.documentElement.lang = language;
      setLoaded({ language, catalogue });
    });
    return () => {
      isCurrent = false;
    };
  }, [language]);
  return loaded;
}

function useTheme(preferences: Preferences): void {
  const { theme } = useObservable(preferences);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
