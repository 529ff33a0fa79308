import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import type { ReactNode } from 'react';
import { problemText } from '../i18n/problem-text.ts';
import { useWords } from '../i18n/words.tsx';
import { useAct } from '../observe/use-act.ts';

export interface QuestionDialogProps<T> {
  title: string;
  /** What it means. */
  children: ReactNode;
  /** The button that does it, by the name of the act; red where something is lost. */
  yes: string;
  kind: 'primary' | 'danger';
  /** The button that leaves all as it is; "Cancel" without. */
  no?: string;
  act(): Promise<T>;
  onDone(value: T): void;
  onClose(): void;
}

/** Asks before something is done that isn't undone in one step: the way out has the focus, and what failed is said. */
export function QuestionDialog<T>({ title, children, yes, kind, no, act, onDone, onClose }: QuestionDialogProps<T>) {
  const { t } = useWords();
  const { run, isBusy, problem } = useAct();
  return (
    <Dialog kind="alert" title={title} closeLabel={t.app.close} onClose={onClose}>
      {children}
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {no ?? t.app.cancel}
        </Button>
        <Button kind={kind} busy={isBusy} onClick={() => run(act, onDone)}>
          {yes}
        </Button>
      </Actions>
    </Dialog>
  );
}
