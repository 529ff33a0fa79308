import type { SessionPhase, SottoSession } from '@sotto/client/types.ts';
import { Button, IconButton } from '@sotto/ui/button/button.tsx';
import { OnlyRead } from '@sotto/ui/only-read/only-read.tsx';
import { SkeletonRows, State } from '@sotto/ui/state/state.tsx';
import { type Language, languageNames } from '../i18n/catalogues.ts';
import { problemText } from '../i18n/problem-text.ts';
import { useWords } from '../i18n/words.tsx';
import { useObservable } from '../observe/use-observable.ts';
import type { Preferences } from '../preferences.ts';
import css from './shell.module.css';

/** Why one can't go in yet, and the one thing to do about it. */
export function DoorView({
  phase,
  session,
}: {
  phase: SessionPhase & { kind: 'elsewhere' | 'failed' };
  session: SottoSession;
}) {
  const { t } = useWords();
  if (phase.kind === 'elsewhere') {
    const here = (
      <Button kind="primary" onClick={() => void session.takeOver()}>
        {t.doors.useHere}
      </Button>
    );
    return (
      <main className={css.door}>
        <State icon="laptop" title={t.doors.elsewhereTitle} isPage action={here}>
          <p>{t.doors.elsewhere}</p>
        </State>
      </main>
    );
  }
  const again = (
    <Button kind="primary" icon="retry" onClick={() => void session.retry()}>
      {t.app.retry}
    </Button>
  );
  return (
    <main className={css.door}>
      <State icon="alert" title={t.doors.failedTitle} isPage isError action={again}>
        <p>{problemText(t, phase.problem)}</p>
      </State>
    </main>
  );
}

/** The shape of what comes: rail, list, sheet. Its bars appear only when it lasts. */
export function StartingView() {
  const { t } = useWords();
  return (
    <main className={css.app} data-pane="list" aria-busy="true">
      <div className={css.rail} />
      <div className={css.list}>
        <h1 className={css.listHead}>
          <OnlyRead>{t.doors.starting}</OnlyRead>
        </h1>
        <SkeletonRows count={7} label={t.doors.starting} />
      </div>
      <div className={css.sheet} />
    </main>
  );
}

/** Language and theme before one is logged in. */
export function LookFooter({ preferences }: { preferences: Preferences }) {
  const { t, language } = useWords();
  const { theme } = useObservable(preferences);
  const next = theme === 'system' ? 'dark' : theme === 'dark' ? 'light' : 'system';
  const themeNames = { system: t.app.themeSystem, light: t.app.themeLight, dark: t.app.themeDark };
  return (
    <>
      {(Object.keys(languageNames) as Language[]).map((each) => (
        <Button
          key={each}
          kind="quiet"
          small
          lang={each}
          aria-pressed={each === language}
          onClick={() => preferences.change({ language: each })}
        >
          {languageNames[each]}
        </Button>
      ))}
      <IconButton
        icon="theme"
        small
        side="above"
        label={`${t.app.theme}: ${themeNames[theme]}`}
        onClick={() => preferences.change({ theme: next })}
      />
    </>
  );
}
