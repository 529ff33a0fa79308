/** A secret on its way from the field to the core. */
import { type FormEvent, useState } from 'react';

interface TypedSecretOptions {
  /** What was typed is asked about. */
  onGive(typed: string): void;
  /** What was said about it is no longer about what stands there. */
  onEdit(): void;
}

/** What is typed; that nothing was is said when it is given, until the next letter. */
export function useTypedSecret({ onGive, onEdit }: TypedSecretOptions) {
  const [value, setValue] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  return {
    value,
    isEmpty,
    onValue(typed: string) {
      setValue(typed);
      setEmpty(false);
      onEdit();
    },
    submit(event: FormEvent) {
      event.preventDefault();
      const hasNothing = value.trim() === '';
      setEmpty(hasNothing);
      if (!hasNothing) onGive(value);
    },
  };
}
