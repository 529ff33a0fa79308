/** The web app's composition root: takes what the browser has, builds the session, and draws. */
import '@sotto/ui/tokens.css';
import '@sotto/ui/elements.css';
import type { SottoSession } from '@sotto/client/types.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createCell } from './observe/cell.ts';
import { createPreferences } from './preferences.ts';
import { createRouter } from './routes.ts';

// Stands in until the client core's session is here: nobody is logged in, and nobody can.
const session = { phase: createCell({ kind: 'signed-out' }), preload() {} } as unknown as SottoSession;

const root = document.getElementById('app');
if (root) {
  createRoot(root).render(
    <App
      session={session}
      router={createRouter(window)}
      preferences={createPreferences(localStorage)}
      browserLanguages={navigator.languages}
      restored={Promise.resolve()}
    />,
  );
}
