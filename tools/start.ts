/** `npm start`: the web app built from these sources, then the server, in this process. Arguments go to the server. */
import { ensureWebBuilt } from './build-web.ts';

const { state, output } = ensureWebBuilt(() => console.log('Building the web app; this takes a moment, once …'));
if (state === 'failed') {
  console.error(`${output}\nThe web app could not be built, so nothing was started.`);
  process.exitCode = 1;
} else {
  await import(new URL('../apps/server/src/main.ts', import.meta.url).href);
}
