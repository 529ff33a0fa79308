import type { RecoveryWays } from '@sotto/client/trust-types.ts';
import type { Problem } from '@sotto/client/types.ts';
import { TextField } from '@sotto/ui/field/field.tsx';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { byWays } from './recovery-model.ts';

export interface SecretFieldProps {
  /** Which of the two ways there are: it is called by them. */
  ways: RecoveryWays;
  help: string;
  value: string;
  onValue(value: string): void;
  /** Nothing was typed. */
  isEmpty: boolean;
  problem: Problem | undefined;
}

/** Where a recovery key or an encryption password is typed, by either name. Gets the focus first. */
export function SecretField({ ways, isEmpty, problem, ...rest }: SecretFieldProps) {
  const { t } = useWords();
  const r = t.recovery;
  const wrong = problem && (problem.kind === 'wrong-key' ? r.unlockWrong : problemText(t, problem));
  return (
    <TextField
      {...rest}
      label={byWays(ways, { key: r.key, password: r.password, both: r.either })}
      type="password"
      name="recovery"
      autoComplete="off"
      reveal={t.login}
      data-autofocus
      fault={isEmpty ? r.confirmEmpty : wrong}
    />
  );
}
