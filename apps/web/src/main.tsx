/** The web app's composition root: takes what the browser has, builds the session, and draws. */
import '@sotto/ui/tokens.css';
import '@sotto/ui/elements.css';
import { createSession } from '@sotto/client';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadCatalogue, preferredLanguage } from './i18n/catalogues.ts';
import { createMinuteClock } from './observe/use-minute.ts';
import { createPreferences } from './preferences.ts';
import { createRouter } from './routes.ts';
import { sessionName } from './session-name.ts';

const now = () => Date.now();
const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const preferences = createPreferences(localStorage);
const language = () => preferences.get().language ?? preferredLanguage(navigator.languages);
const nameDevice = async () => sessionName(await loadCatalogue(language()), navigator);
const session = createSession({ baseUrl: location.origin, now, nameDevice });

const root = document.getElementById('app');
if (root) {
  createRoot(root).render(
    <App
      session={session}
      restored={session.restore()}
      router={createRouter(window)}
      preferences={preferences}
      browserLanguages={navigator.languages}
      clock={createMinuteClock(now)}
      store={localStorage}
      findKeys={isApple ? '⌘ K' : 'Ctrl K'}
    />,
  );
}
