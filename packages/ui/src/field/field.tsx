import { type ComponentProps, type ReactNode, useEffect, useId, useState } from 'react';
import { IconButton } from '../button/button.tsx';
import { classNames } from '../class-names.ts';
import { Icon } from '../icon/icon.tsx';
import css from './field.module.css';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'className' | 'onChange' | 'value' | 'id'> {
  label: ReactNode;
  value: string;
  onValue(value: string): void;
  /** What to write here, below the field. */
  help?: ReactNode;
  /** What is wrong with it; takes the place of the help. */
  fault?: ReactNode;
  /** For a password: the words of the button that shows and hides it. */
  reveal?: { show: string; hide: string };
}

/** One line of text: the label above, help or fault below, tied together for screen readers. Sent with a fault, it gets the focus back. */
export function TextField({ label, value, onValue, help, fault, reveal, type, ...rest }: TextFieldProps) {
  const id = useId();
  useFocusOnFault(id, fault !== undefined);
  const [isShown, setShown] = useState(false);
  const below = fault ?? help;
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      <span className={css.box}>
        <input
          {...rest}
          id={id}
          type={isShown ? 'text' : type}
          className={classNames(css.input, reveal && css.withReveal)}
          value={value}
          onChange={(event) => onValue(event.target.value)}
          aria-invalid={fault !== undefined || undefined}
          aria-describedby={below === undefined ? undefined : `${id}-below`}
        />
        {reveal && (
          <IconButton
            icon="eye"
            className={css.reveal}
            label={isShown ? reveal.hide : reveal.show}
            aria-pressed={isShown}
            onClick={() => setShown(!isShown)}
          />
        )}
      </span>
      {fault !== undefined ? (
        <Fault id={`${id}-below`}>{fault}</Fault>
      ) : (
        help !== undefined && (
          <p id={`${id}-below`} className={css.help}>
            {help}
          </p>
        )
      )}
    </div>
  );
}

/** Who pressed the button of a form that has a fault goes on typing where the first one is. */
function useFocusOnFault(id: string, hasFault: boolean): void {
  useEffect(() => {
    const input = document.getElementById(id);
    const sent = document.activeElement;
    const isSent = sent instanceof HTMLButtonElement && sent.type === 'submit' && sent.form?.contains(input);
    if (hasFault && isSent && sent.form?.querySelector('[aria-invalid=true]') === input) input?.focus();
  }, [id, hasFault]);
}

export interface FileFieldProps
  extends Omit<ComponentProps<'input'>, 'className' | 'onChange' | 'value' | 'id' | 'type'> {
  label: ReactNode;
  /** The words of the button: a browser's own speak its language, not the app's. */
  choose: ReactNode;
  file: File | undefined;
  onFile(file: File | undefined): void;
  fault?: ReactNode;
}

/** One file, chosen or dropped: the label above, its name beside the button, a fault below. */
export function FileField({ label, choose, file, onFile, fault, ...rest }: FileFieldProps) {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      <span className={css.fileBox}>
        <input
          {...rest}
          id={id}
          type="file"
          className={css.fileInput}
          onChange={(event) => onFile(event.target.files?.[0])}
          aria-invalid={fault !== undefined || undefined}
          aria-describedby={`${id}-name ${id}-fault`}
        />
        <span className={css.fileButton} aria-hidden="true">
          {choose}
        </span>
        <span id={`${id}-name`} className={css.help}>
          {file?.name}
        </span>
      </span>
      {fault !== undefined && <Fault id={`${id}-fault`}>{fault}</Fault>}
    </div>
  );
}

/** What is wrong, in red with a sign, said aloud when it appears. */
export function Fault({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} className={css.fault} role="alert">
      <Icon name="alert" small />
      <span>{children}</span>
    </p>
  );
}

export interface SwitchProps {
  label: ReactNode;
  help?: ReactNode;
  isOn: boolean;
  /** It can be read and reached, but not changed: the help says why. */
  fixed?: boolean;
  onSwitch(isOn: boolean): void;
}

/** On or off, at once; the words stand beside it and can be clicked too. */
export function Switch({ label, help, isOn, fixed = false, onSwitch }: SwitchProps) {
  const id = useId();
  return (
    <div className={css.switchRow}>
      <button
        type="button"
        role="switch"
        id={id}
        className={css.switch}
        aria-checked={isOn}
        aria-disabled={fixed || undefined}
        aria-labelledby={`${id}-label`}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onClick={() => !fixed && onSwitch(!isOn)}
      />
      <label htmlFor={id}>
        <span id={`${id}-label`}>{label}</span>
        {help !== undefined && (
          <span id={`${id}-help`} className={css.help}>
            {help}
          </span>
        )}
      </label>
    </div>
  );
}

export interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onValue(value: T): void;
}

/** One of a few, side by side: radio buttons that look like a switch with several places. */
export function Segments<T extends string>({ label, value, options, onValue }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset className={css.segments}>
      <legend>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value}>
            <input type="radio" name={name} checked={option.value === value} onChange={() => onValue(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
