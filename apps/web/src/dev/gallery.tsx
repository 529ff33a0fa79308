/** Draws one scene of the app with the scripted session: `dev.html?scene=conversation&theme=dark&lang=de`. */
import '@sotto/ui/tokens.css';
import '@sotto/ui/elements.css';
import { createRoot } from 'react-dom/client';
import { App } from '../app.tsx';
import { createMinuteClock } from '../observe/use-minute.ts';
import { createPreferences } from '../preferences.ts';
import { createRouter } from '../routes.ts';
import { putFakeCamera } from './fake-camera.ts';
import { createFakeSession } from './fake-session.ts';
import { type Scene, scenes } from './scenes.ts';

const asked = new URLSearchParams(location.search);
const name = asked.get('scene') ?? 'rooms';
const scene: Scene = scenes[name as keyof typeof scenes] ?? scenes.rooms;
// Ever the same morning, so that two pictures of one screen are alike.
const now = () => Date.UTC(2025, 10, 21, 8, 47);
history.replaceState(null, '', scene.hash);
if (scene.camera) putFakeCamera(scene.camera);

const chosen = JSON.stringify({ theme: asked.get('theme') ?? 'system', language: asked.get('lang') ?? undefined });
const memory = new Map([['sotto.preferences', chosen]]);
const store = {
  getItem: (key: string) => memory.get(key) ?? null,
  setItem: (key: string, value: string) => void memory.set(key, value),
  removeItem: (key: string) => void memory.delete(key),
};
const session = createFakeSession({ now, ...scene.fake });
Object.assign(window, { session });

const root = document.getElementById('app');
if (root) {
  createRoot(root).render(
    <App
      session={session}
      restored={Promise.resolve()}
      router={createRouter(window)}
      preferences={createPreferences(store)}
      browserLanguages={navigator.languages}
      clock={createMinuteClock(now)}
      store={store}
      findKeys="Ctrl K"
    />,
  );
}
