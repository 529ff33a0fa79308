import type { Me, SottoSession } from '@sotto/client/types.ts';
import type { Preferences } from './preferences.ts';
import type { Router } from './routes.ts';
import css from './shell/shell.module.css';

export interface SignedInProps {
  me: Me;
  session: SottoSession;
  router: Router;
  preferences: Preferences;
}

/** Everything that comes after being logged in. Loaded while the person still types. */
export function SignedIn({ me }: SignedInProps) {
  return (
    <main className={css.app} data-pane="list">
      <p>{me.userId}</p>
    </main>
  );
}
