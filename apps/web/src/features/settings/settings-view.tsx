import type { Me, Problem, SottoSession } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import { Button, IconButton } from '@sotto/ui/button/button.tsx';
import { Fault, Segments, TextField } from '@sotto/ui/field/field.tsx';
import { type FormEvent, type ReactNode, useState } from 'react';
import { type Language, languageNames } from '../../i18n/catalogues.ts';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useObservable } from '../../observe/use-observable.ts';
import type { Preferences } from '../../preferences.ts';
import { LogOutDialog } from './log-out-dialog.tsx';
import css from './settings.module.css';

export interface SettingsViewProps {
  me: Me;
  session: Pick<SottoSession, 'setDisplayName' | 'recovery'>;
  preferences: Preferences;
  /** What other features have to be set: parts of the page. */
  children?: ReactNode;
  onBack(): void;
  /** Leads to where the recovery key or encryption password is saved. */
  onSaveRecovery(): void;
  onLogOut(): Promise<void>;
}

/** One page: oneself, how it looks, and the way out. */
export function SettingsView({ me, session, preferences, children, ...on }: SettingsViewProps) {
  const { t } = useWords();
  const [isLeaving, setLeaving] = useState(false);
  return (
    <section className={css.page} aria-labelledby="settings-title">
      <header className={css.head}>
        <span className={css.back}>
          <IconButton icon="back" label={t.app.back} onClick={on.onBack} />
        </span>
        <h1 id="settings-title">{t.settings.title}</h1>
      </header>
      <div className={css.body}>
        <section className={css.part} aria-labelledby="settings-account">
          <h2 id="settings-account">{t.settings.account}</h2>
          <div className={css.me}>
            <Avatar name={me.displayName} id={me.userId} size="large" />
            <dl className={css.facts}>
              <dt>{t.settings.userId}</dt>
              <dd>{me.userId}</dd>
              <dt>{t.settings.session}</dt>
              <dd>{me.deviceId}</dd>
            </dl>
          </div>
          <DisplayName me={me} session={session} />
        </section>
        {children}
        <Look preferences={preferences} />
        <section className={css.part}>
          <Button icon="exit" onClick={() => setLeaving(true)}>
            {t.settings.logOut}
          </Button>
        </section>
      </div>
      {isLeaving && (
        <LogOutDialog
          recovery={session.recovery}
          onSaveRecovery={() => {
            setLeaving(false);
            on.onSaveRecovery();
          }}
          onClose={() => setLeaving(false)}
          onLogOut={on.onLogOut}
        />
      )}
    </section>
  );
}

/** One part of the page, with its heading. */
export function SettingsPart({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section className={css.part} aria-labelledby={`settings-${id}`}>
      <h2 id={`settings-${id}`}>{title}</h2>
      {children}
    </section>
  );
}

function DisplayName({ me, session }: Pick<SettingsViewProps, 'me' | 'session'>) {
  const { t } = useWords();
  const [name, setName] = useState(me.displayName);
  const [isBusy, setBusy] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const isEmpty = name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isEmpty) return;
    setBusy(true);
    setProblem(undefined);
    session
      .setDisplayName(name.trim())
      .then(
        () => setSaved(true),
        (error: unknown) => setProblem(problemOf(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <form className={css.nameForm} onSubmit={submit} noValidate>
      <TextField
        label={t.settings.displayName}
        name="display-name"
        autoComplete="name"
        maxLength={120}
        value={name}
        onValue={(value) => {
          setName(value);
          setSaved(false);
        }}
        fault={isEmpty ? t.settings.displayNameEmpty : undefined}
      />
      <div className={css.save}>
        <Button type="submit" busy={isBusy} disabled={isEmpty || name.trim() === me.displayName}>
          {t.settings.save}
        </Button>
        <span role="status">{isSaved && t.settings.saved}</span>
      </div>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
    </form>
  );
}

function Look({ preferences }: Pick<SettingsViewProps, 'preferences'>) {
  const { t } = useWords();
  const { theme, language } = useObservable(preferences);
  const names = Object.entries(languageNames) as [Language, string][];
  return (
    <section className={css.part} aria-labelledby="settings-look">
      <h2 id="settings-look">{t.settings.look}</h2>
      <Segments
        label={t.app.theme}
        value={theme}
        options={[
          { value: 'system', label: t.app.themeSystem },
          { value: 'light', label: t.app.themeLight },
          { value: 'dark', label: t.app.themeDark },
        ]}
        onValue={(value) => preferences.change({ theme: value })}
      />
      <Segments
        label={t.app.language}
        value={language ?? 'system'}
        options={[
          { value: 'system', label: t.app.languageSystem },
          ...names.map(([value, label]) => ({ value, label })),
        ]}
        onValue={(value) => preferences.change({ language: value === 'system' ? undefined : value })}
      />
    </section>
  );
}
