import type { PasswordStrength, Recovery } from '@sotto/client/trust-types.ts';
import { Button, TextButton } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault, TextField } from '@sotto/ui/field/field.tsx';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { type Act, useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { notMadeText } from './recovery-model.ts';
import { WordList } from './secret-view.tsx';

export interface PasswordStepProps {
  recovery: Pick<Recovery, 'generatePassword' | 'passwordStrength'>;
  making: Act;
  onMake(password: { text: string; isOwn: boolean }): void;
  onBack(): void;
  onClose(): void;
}

/** An encryption password: random words, or one's own with a meter (features B3). */
export function PasswordStep({ recovery, making, onMake, onBack, onClose }: PasswordStepProps) {
  const { t } = useWords();
  const r = t.recovery;
  const [isOwn, setOwn] = useState(false);
  const [own, setOwnText] = useState('');
  const { words, another, problem } = useWordsOf(recovery);
  const strength = useStrength(recovery, own);
  const text = isOwn ? own : words;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text) onMake({ text, isOwn });
  };
  const said = making.problem ?? problem;
  const isAboutOwn = isOwn && (said?.kind === 'same-as-account' || said?.kind === 'weak-password');
  const fault = said && notMadeText(t, said);
  return (
    <Dialog title={r.passwordTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        {isOwn ? (
          <OwnPassword
            value={own}
            strength={strength}
            fault={isAboutOwn ? fault : undefined}
            onValue={setOwnText}
            onEdit={making.clear}
          />
        ) : (
          <>
            <p className={css.soft}>{r.wordsText}</p>
            {words && <WordList words={words} />}
            <div className={css.even}>
              <Button icon="retry" onClick={another}>
                {r.otherWords}
              </Button>
            </div>
          </>
        )}
        <TextButton onClick={() => setOwn(!isOwn)}>{isOwn ? r.useWords : r.useOwn}</TextButton>
        {fault && !isAboutOwn && <Fault>{fault}</Fault>}
        <Actions>
          <Button kind="quiet" onClick={onBack}>
            {t.app.back}
          </Button>
          <Button
            kind="primary"
            type="submit"
            busy={making.isBusy || (!isOwn && words === undefined)}
            disabled={isOwn && !strength?.isAccepted}
            data-autofocus
          >
            {r.next}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

interface OwnPasswordProps {
  value: string;
  strength: PasswordStrength | undefined;
  /** Why it can't be this one. */
  fault: string | undefined;
  onValue(value: string): void;
  onEdit(): void;
}

function OwnPassword({ value, strength, fault, onValue, onEdit }: OwnPasswordProps) {
  const { t } = useWords();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <>
      <TextField
        ref={field}
        label={t.recovery.password}
        type="password"
        name="encryption-password"
        autoComplete="new-password"
        reveal={{ show: t.login.show, hide: t.login.hide }}
        help={t.recovery.ownText}
        fault={fault}
        value={value}
        onValue={(text) => {
          onValue(text);
          onEdit();
        }}
      />
      <div className={css.meter}>
        <div className={css.bars} aria-hidden="true">
          {[1, 2, 3, 4].map((bar) => (
            <span key={bar} className={strength && strength.score >= bar ? css.full : undefined} />
          ))}
        </div>
        <p role="status">
          {t.recovery.strength}: {strength ? t.recovery.strengths[strength.score] : '–'}
          {strength && !strength.isAccepted && `. ${t.recovery.strengthMore}`}
        </p>
      </div>
    </>
  );
}

/** Random words, and others when asked for. */
function useWordsOf({ generatePassword }: Pick<Recovery, 'generatePassword'>) {
  const [words, setWords] = useState<string>();
  const { run, problem } = useAct();
  // biome-ignore lint/correctness/useExhaustiveDependencies: words come once; others only when asked for
  useEffect(() => run(generatePassword, setWords), []);
  return { words, problem, another: () => run(generatePassword, setWords) };
}

/** How strong the password is; of two answers the later question counts. */
function useStrength({ passwordStrength }: Pick<Recovery, 'passwordStrength'>, password: string) {
  const [strength, setStrength] = useState<PasswordStrength>();
  useEffect(() => {
    let isLatest = true;
    if (password === '') setStrength(undefined);
    else
      passwordStrength(password).then(
        (answer) => isLatest && setStrength(answer),
        () => {},
      );
    return () => {
      isLatest = false;
    };
  }, [passwordStrength, password]);
  return password === '' ? undefined : strength;
}
