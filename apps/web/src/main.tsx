/** The web app's composition root: takes what the browser has, builds the session, and draws. */
import '@sotto/ui/tokens.css';
import '@sotto/ui/elements.css';
import { createSession } from '@sotto/client';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createMinuteClock } from './observe/use-minute.ts';
import { createPreferences } from './preferences.ts';
import { createRouter } from './routes.ts';

const now = () => Date.now();
const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const session = createSession({ baseUrl: location.origin, now, deviceName: `Sotto · ${location.host}` });

const root = document.getElementById('app');
if (root) {
  createRoot(root).render(
    <App
      session={session}
      restored={session.restore()}
      router={createRouter(window)}
      preferences={createPreferences(localStorage)}
      browserLanguages={navigator.languages}
      clock={createMinuteClock(now)}
      store={localStorage}
      findKeys={isApple ? '⌘ K' : 'Ctrl K'}
    />,
  );
}
