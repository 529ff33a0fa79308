import { Button } from '@sotto/ui/button/button.tsx';
import { Fault, TextField } from '@sotto/ui/field/field.tsx';
import { type FormEvent, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { type Act, useAct } from '../../observe/use-act.ts';
import css from './login.module.css';

export interface Account {
  username: string;
  password: string;
}

/** What is typed, whether it was sent once already, and what came of it. */
export interface AccountForm {
  typed: Account;
  hasTried: boolean;
  act: Act;
  change(part: Partial<Account>): void;
  submit(event: FormEvent): void;
}

export interface AccountFormOptions {
  isComplete(typed: Account): boolean;
  send(typed: Account): Promise<void>;
}

/** A username and a password: sent when nothing is wrong with them; otherwise the keyboard is led to what is. */
export function useAccountForm({ isComplete, send }: AccountFormOptions): AccountForm {
  const [typed, setTyped] = useState<Account>({ username: '', password: '' });
  const [hasTried, setTried] = useState(false);
  const act = useAct();
  return {
    typed,
    hasTried,
    act,
    change: (part) => setTyped({ ...typed, ...part }),
    submit(event) {
      event.preventDefault();
      setTried(true);
      if (!isComplete(typed)) return focusFirstFault(event.currentTarget);
      act.run(() => send(typed));
    },
  };
}

export interface AccountFieldsProps {
  form: AccountForm;
  /** Somebody types: what comes next can be loaded. */
  onTyping(): void;
  submitLabel: string;
  username: { help?: string; fault: string | undefined };
  password: { name: string; autoComplete: string; help?: string; fault: string | undefined };
  /** Says below both what went wrong; what is said at a field isn't said twice. */
  showsProblem?: boolean;
}

/** The form of both doors: logging in, and a new account. */
export function AccountFields({ form, onTyping, submitLabel, showsProblem = true, ...about }: AccountFieldsProps) {
  const { t } = useWords();
  const { typed, act } = form;
  return (
    <form className={css.form} onSubmit={form.submit} onInput={onTyping} noValidate>
      <TextField
        label={t.login.username}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        value={typed.username}
        onValue={(username) => form.change({ username })}
        {...about.username}
      />
      <TextField
        label={t.login.password}
        type="password"
        reveal={t.login}
        value={typed.password}
        onValue={(password) => form.change({ password })}
        {...about.password}
      />
      {act.problem && showsProblem && <Fault>{problemText(t, act.problem)}</Fault>}
      <Button kind="primary" type="submit" wide busy={act.isBusy}>
        {submitLabel}
      </Button>
    </form>
  );
}

/** Leads the keyboard to what has to be mended, once it is drawn. */
function focusFirstFault(form: EventTarget): void {
  requestAnimationFrame(() => {
    if (form instanceof HTMLElement) form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  });
}
