import type { SessionPhase, SottoSession } from '@sotto/client/types.ts';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { AccountFields, useAccountForm } from './account-fields.tsx';
import { loginName } from './account-form.ts';
import { AccountFrame } from './account-frame.tsx';
import { endedText } from './ended-text.ts';
import css from './login.module.css';

export interface LoginViewProps {
  session: Pick<SottoSession, 'logIn' | 'preload'>;
  /** The session that was here is over: the server ended it, or the browser threw away what it needs. */
  ended?: Extract<SessionPhase, { kind: 'expired' }>;
  footer: ReactNode;
}

export function LoginView({ session, ended, footer }: LoginViewProps) {
  const { t } = useWords();
  const form = useAccountForm({
    isComplete: ({ username, password }) => username.trim() !== '' && password !== '',
    send: ({ username, password }) => session.logIn({ username: loginName(username), password }),
  });
  const { typed, hasTried } = form;
  return (
    <AccountFrame
      title={ended ? t.login.expiredTitle : t.login.title}
      lead={ended && endedText(t, ended)}
      footer={footer}
    >
      <AccountFields
        form={form}
        onTyping={() => session.preload()}
        submitLabel={t.login.submit}
        username={{ fault: hasTried && typed.username.trim() === '' ? t.login.usernameMissing : undefined }}
        password={{
          name: 'password',
          autoComplete: 'current-password',
          fault: hasTried && typed.password === '' ? t.login.passwordEmpty : undefined,
        }}
      />
      {!ended && <p className={css.note}>{t.login.noAccount}</p>}
    </AccountFrame>
  );
}
