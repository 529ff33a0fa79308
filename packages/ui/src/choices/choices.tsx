import { useId } from 'react';
import css from './choices.module.css';

export interface ChoicesProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; help: string }[];
  onValue(value: T): void;
}

/** One of a few, each with a sentence of its own: radio buttons as cards. */
export function Choices<T extends string>({ label, value, options, onValue }: ChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset className={css.choices}>
      <legend className={css.legend}>{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={css.choice}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onValue(option.value)} />
          <span className={css.name}>{option.label}</span>
          <span className={css.help}>{option.help}</span>
        </label>
      ))}
    </fieldset>
  );
}
