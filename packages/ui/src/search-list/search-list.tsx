import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { classNames } from '../class-names.ts';
import { Icon } from '../icon/icon.tsx';
import { OnlyRead } from '../only-read/only-read.tsx';
import css from './search-list.module.css';

export interface SearchOption {
  key: string;
  /** Options with the same heading stand together, under it. */
  heading?: string;
  content: ReactNode;
  onChoose(): void;
}

export interface SearchListProps {
  /** Spoken name of the field, and its placeholder. */
  label: string;
  placeholder?: string;
  value: string;
  onValue(value: string): void;
  options: readonly SearchOption[];
  /** Instead of options: nothing found yet, or why not. */
  empty?: ReactNode;
  /** Said aloud when it changes: how many were found. */
  status?: string;
}

/** A field and what it finds: arrow keys move through the options while one types, Enter takes one. */
export function SearchList({ label, placeholder, value, onValue, options, empty, status }: SearchListProps) {
  const id = useId();
  const [activeKey, setActiveKey] = useState<string>();
  // What one was on may be gone from the results; then the first stands for it.
  const at = Math.max(
    0,
    options.findIndex((option) => option.key === activeKey),
  );
  const active = options[at];

  useEffect(() => {
    if (active) document.getElementById(`${id}-${active.key}`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = (index: number) => setActiveKey(options.at(index % options.length)?.key);
    if (event.nativeEvent.isComposing || options.length === 0) return;
    if (event.key === 'ArrowDown') to(at + 1);
    else if (event.key === 'ArrowUp') to(at - 1);
    else if (event.key === 'Enter') active?.onChoose();
    else return;
    event.preventDefault();
  };
  return (
    <div className={css.search}>
      <div className={css.field}>
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active ? `${id}-${active.key}` : undefined}
          aria-label={label}
          placeholder={placeholder ?? label}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
          value={value}
          onChange={(event) => {
            setActiveKey(undefined);
            onValue(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={`${id}-list`} className={css.list} role="listbox" aria-label={label}>
        {options.map((option, index) => (
          <OptionRow
            key={option.key}
            id={`${id}-${option.key}`}
            option={option}
            isActive={index === at}
            withHeading={option.heading !== undefined && option.heading !== options[index - 1]?.heading}
            onPoint={() => setActiveKey(option.key)}
          />
        ))}
      </div>
      {options.length === 0 && empty !== undefined && <div className={css.empty}>{empty}</div>}
      <div role="status">
        <OnlyRead>{status}</OnlyRead>
      </div>
    </div>
  );
}

interface OptionRowProps {
  id: string;
  option: SearchOption;
  isActive: boolean;
  withHeading: boolean;
  onPoint(): void;
}

function OptionRow({ id, option, isActive, withHeading, onPoint }: OptionRowProps) {
  return (
    <>
      {withHeading && (
        <p className={css.heading} role="presentation">
          {option.heading}
        </p>
      )}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus, aria-activedescendant points here */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys */}
      <div
        id={id}
        role="option"
        aria-selected={isActive}
        className={classNames(css.option, isActive && css.active)}
        onClick={option.onChoose}
        onPointerMove={isActive ? undefined : onPoint}
      >
        {option.content}
      </div>
    </>
  );
}
