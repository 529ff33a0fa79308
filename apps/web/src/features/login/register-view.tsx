import type { InvitePreview, Problem, SottoSession } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { SkeletonRows } from '@sotto/ui/state/state.tsx';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { type Account, AccountFields, useAccountForm } from './account-fields.tsx';
import { cleanUsername, type PasswordFault, passwordFault, type UsernameFault, usernameFault } from './account-form.ts';
import { AccountFrame } from './account-frame.tsx';
import css from './login.module.css';

export interface RegisterViewProps {
  session: Pick<SottoSession, 'previewInvite' | 'register' | 'preload'>;
  token: string;
  /** Where those go who have an account. */
  loginHref: string;
  footer: ReactNode;
}

type Preview = { kind: 'loading' } | { kind: 'ready'; preview: InvitePreview } | { kind: 'failed'; problem: Problem };

/** What an invite link leads to: who invites to what, and the form for a new account. */
export function RegisterView({ session, token, loginHref, footer }: RegisterViewProps) {
  const { t } = useWords();
  const [state, setState] = useState<Preview>({ kind: 'loading' });
  const load = useCallback(() => {
    let isCurrent = true;
    setState({ kind: 'loading' });
    session.previewInvite(token).then(
      (preview) => isCurrent && setState({ kind: 'ready', preview }),
      (error: unknown) => isCurrent && setState({ kind: 'failed', problem: problemOf(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, token]);
  useEffect(load, [load]);

  if (state.kind === 'loading') {
    return (
      <AccountFrame title={t.login.inviteTitle} footer={footer}>
        <SkeletonRows count={2} label={t.login.checkingInvite} withFace={false} />
      </AccountFrame>
    );
  }
  if (state.kind === 'failed') {
    return (
      <AccountFrame title={t.login.inviteTitle} footer={footer}>
        <Fault>{problemText(t, state.problem)}</Fault>
        {state.problem.kind !== 'bad-invite-link' && <Button onClick={load}>{t.app.retry}</Button>}
        <a href={loginHref}>{t.login.haveAccount}</a>
      </AccountFrame>
    );
  }
  const { title, lead } = greeting(t, state.preview);
  return (
    <AccountFrame title={title} lead={lead} footer={footer}>
      <RegisterForm session={session} token={token} />
      {!state.preview.makesAdmin && (
        <a className={css.note} href={loginHref}>
          {t.login.haveAccount}
        </a>
      )}
    </AccountFrame>
  );
}

function greeting(t: Catalogue, preview: InvitePreview): { title: string; lead: string } {
  if (preview.makesAdmin) return { title: t.login.firstTitle, lead: t.login.firstLead };
  const person = preview.inviter?.displayName;
  const title = t.login.inviteTitle;
  if (person === undefined) return { title, lead: t.login.invited };
  return { title, lead: preview.roomName ? t.login.invitedTo(person, preview.roomName) : t.login.invitedBy(person) };
}

function RegisterForm({ session, token }: Pick<RegisterViewProps, 'session' | 'token'>) {
  const { t } = useWords();
  const form = useAccountForm({
    isComplete: ({ username, password }) => !usernameFault(username) && !passwordFault(password, username),
    send: ({ username, password }) => session.register({ username: cleanUsername(username), password, token }),
  });
  const { typed, hasTried, act } = form;
  const { problem } = act;
  const isNameProblem = problem?.kind === 'user-taken' || problem?.kind === 'bad-username';
  const wrong = passwordFault(typed.password, typed.username);
  const change = (part: Partial<Account>) => {
    form.change(part);
    if (isNameProblem && part.username !== undefined) act.clear();
  };
  return (
    <AccountFields
      form={{ ...form, change }}
      onTyping={() => session.preload()}
      submitLabel={t.login.register}
      showsProblem={!isNameProblem}
      username={{
        help: t.login.usernameHelp,
        fault: usernameFaultText(t, {
          fault: usernameFault(typed.username),
          tried: hasTried,
          problem: isNameProblem ? problem : undefined,
        }),
      }}
      password={{
        name: 'new-password',
        autoComplete: 'new-password',
        help: t.login.passwordHelp,
        fault: hasTried && wrong ? passwordFaultText(t, wrong) : undefined,
      }}
    />
  );
}

interface NameState {
  fault: UsernameFault | undefined;
  tried: boolean;
  problem: Problem | undefined;
}

/** A character that can't be is said at once; an empty field only after trying. */
function usernameFaultText(t: Catalogue, { fault, tried, problem }: NameState): string | undefined {
  if (problem) return problemText(t, problem);
  if (fault?.kind === 'wrong') return t.login.usernameWrong(fault.wrong);
  if (fault?.kind === 'long') return t.login.usernameLong;
  return fault && tried ? t.login.usernameEmpty : undefined;
}

function passwordFaultText(t: Catalogue, fault: PasswordFault): string {
  if (fault.kind === 'empty') return t.login.passwordEmpty;
  return fault.kind === 'short' ? t.login.passwordShort(fault.missing) : t.login.passwordIsName;
}
