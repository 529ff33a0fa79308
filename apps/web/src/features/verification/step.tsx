import { Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import type { ReactNode } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import type { Act } from '../../observe/use-act.ts';

export interface StepProps {
  title: string;
  act?: Act;
  isAlert?: boolean;
  onClose(): void;
  children: ReactNode;
}

/** One step of a verification: what went wrong with it, then what it says. */
export function Step({ title, act, isAlert = false, onClose, children }: StepProps) {
  const { t } = useWords();
  return (
    <Dialog kind={isAlert ? 'alert' : 'dialog'} title={title} closeLabel={t.app.close} onClose={onClose}>
      {act?.problem && <Fault>{problemText(t, act.problem)}</Fault>}
      {children}
    </Dialog>
  );
}
