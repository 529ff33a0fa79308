import type { Problem, SottoSession } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault, TextField } from '@sotto/ui/field/field.tsx';
import { type FormEvent, type ReactNode, useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { loginName } from './account-form.ts';
import { AccountFrame } from './account-frame.tsx';
import css from './login.module.css';

export interface LoginViewProps {
  session: Pick<SottoSession, 'logIn' | 'preload'>;
  /** The server ended the session that was here. */
  isExpired: boolean;
  footer: ReactNode;
}

export function LoginView({ session, isExpired, footer }: LoginViewProps) {
  const { t } = useWords();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (username.trim() === '' || password === '') return focusFirstFault(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    session
      .logIn({ username: loginName(username), password })
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <AccountFrame
      title={isExpired ? t.login.expiredTitle : t.login.title}
      lead={isExpired ? t.login.expired : undefined}
      footer={footer}
    >
      <form className={css.form} onSubmit={submit} onInput={() => session.preload()} noValidate>
        <TextField
          label={t.login.username}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={username}
          onValue={setUsername}
          fault={tried && username.trim() === '' ? t.login.usernameMissing : undefined}
        />
        <TextField
          label={t.login.password}
          name="password"
          type="password"
          autoComplete="current-password"
          reveal={t.login}
          value={password}
          onValue={setPassword}
          fault={tried && password === '' ? t.login.passwordEmpty : undefined}
        />
        {problem && <Fault>{problemText(t, problem)}</Fault>}
        <Button kind="primary" type="submit" wide busy={isBusy}>
          {t.login.submit}
        </Button>
      </form>
      {!isExpired && <p className={css.note}>{t.login.noAccount}</p>}
    </AccountFrame>
  );
}

/** Leads the keyboard to what has to be mended, once it is drawn. */
export function focusFirstFault(form: EventTarget): void {
  requestAnimationFrame(() => {
    if (form instanceof HTMLElement) form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  });
}
