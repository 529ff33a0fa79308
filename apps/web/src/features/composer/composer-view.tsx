import type { Person, RoomHandle } from '@sotto/client/types.ts';
import { IconButton } from '@sotto/ui/button/button.tsx';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { useWords } from '../../i18n/words.tsx';
import css from './composer.module.css';
import type { Drafts } from './drafts.ts';
import { createTyping } from './typing.ts';

export interface ComposerViewProps {
  room: Pick<RoomHandle, 'roomId' | 'send' | 'setTyping'>;
  roomName: string;
  canSend: boolean;
  typing: readonly Person[];
  drafts: Drafts;
  /** Nothing is sent until something is decided: what stands in place of the field. */
  blocked?: ReactNode;
  /** Something to know before one writes. */
  above?: ReactNode;
}

/** One field, one button: Enter sends, Shift and Enter breaks the line, and what isn't sent is kept. */
export function ComposerView({ room, roomName, canSend, typing, drafts, blocked, above }: ComposerViewProps) {
  const { t } = useWords();
  const [text, setText] = useState(() => drafts.read(room.roomId));
  const field = useRef<HTMLTextAreaElement>(null);
  const type = useTyping(room);
  useFocusOnOpen(field);

  const change = (value: string) => {
    setText(value);
    drafts.write(room.roomId, value);
    type(value.trim() !== '');
  };
  const send = () => {
    if (text.trim() === '') return;
    room.send(text);
    change('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className={css.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p className={css.typing} aria-live="polite">
        {typingText(t, typing)}
      </p>
      {above && <div className={css.above}>{above}</div>}
      {blocked ? (
        blocked
      ) : canSend ? (
        <div className={css.box}>
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            data-focus-heir
            aria-label={t.composer.label(roomName)}
            placeholder={t.composer.write(roomName)}
            value={text}
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <IconButton
            type="submit"
            icon="send"
            label={t.composer.send}
            side="above"
            primary={text.trim() !== ''}
            aria-disabled={text.trim() === '' || undefined}
          />
        </div>
      ) : (
        <p className={css.cant}>{t.composer.cant}</p>
      )}
    </form>
  );
}

function typingText(t: Catalogue, typing: readonly Person[]): string {
  const [first, second] = typing;
  if (!first) return '';
  if (!second) return t.conversation.typingOne(first.displayName);
  return typing.length === 2
    ? t.conversation.typingTwo(first.displayName, second.displayName)
    : t.conversation.typingMany;
}

function useTyping({ setTyping }: Pick<RoomHandle, 'setTyping'>): (isTyping: boolean) => void {
  const typing = useMemo(() => createTyping(setTyping), [setTyping]);
  useEffect(() => typing.stop, [typing]);
  return typing.note;
}

/** Where there is a real keyboard, one can write at once; on a phone the field would cover half the screen. */
function useFocusOnOpen(field: { readonly current: HTMLTextAreaElement | null }): void {
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, [field]);
}
