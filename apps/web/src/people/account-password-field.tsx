import type { Problem } from '@sotto/client/types.ts';
import { TextField } from '@sotto/ui/field/field.tsx';
import { problemText } from '../i18n/problem-text.ts';
import { useWords } from '../i18n/words.tsx';

export interface AccountPasswordFieldProps {
  value: string;
  onValue(value: string): void;
  /** What came of the last try; a wrong password is said as one. */
  problem: Problem | undefined;
  'data-autofocus'?: boolean;
}

/** The password that one logs in with, asked for again before something that can't be undone. */
export function AccountPasswordField({ problem, ...field }: AccountPasswordFieldProps) {
  const { t } = useWords();
  const isWrong = problem?.kind === 'wrong-credentials';
  return (
    <TextField
      {...field}
      label={t.recovery.resetPassword}
      type="password"
      autoComplete="current-password"
      reveal={{ show: t.login.show, hide: t.login.hide }}
      fault={isWrong ? t.recovery.resetWrong : problem && problemText(t, problem)}
    />
  );
}
