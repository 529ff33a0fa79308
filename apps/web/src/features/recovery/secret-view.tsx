import { Button } from '@sotto/ui/button/button.tsx';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { useCopy } from '../../observe/use-copy.ts';
import css from './recovery.module.css';
import { groupsOf, type ShownSecret } from './recovery-model.ts';
import { saveFile } from './save-file.ts';

/** The secret as one reads it aloud, with the ways to keep it. */
export function SecretView({ shown, account }: { shown: ShownSecret; account: string }) {
  const { t } = useWords();
  const r = t.recovery;
  const { said, copy } = useCopy(r);
  const words = shown.isOwnPassword ? undefined : shown.password;
  const text = [shown.recoveryKey, words].filter(Boolean).join('\n\n');
  const download = () =>
    saveFile(new Blob([`${r.fileText(account)}\n\n${text}\n`], { type: 'text/plain' }), r.fileName);
  return (
    <>
      {shown.recoveryKey !== undefined && (
        <Captioned caption={words !== undefined && r.key}>
          <Groups label={r.key} parts={groupsOf(shown.recoveryKey)} />
        </Captioned>
      )}
      {words !== undefined && (
        <Captioned caption={shown.recoveryKey !== undefined && r.password}>
          <WordList words={words} />
        </Captioned>
      )}
      <div className={css.even}>
        <Button icon="copy" onClick={() => copy(text)}>
          {r.copy}
        </Button>
        <Button icon="download" onClick={download}>
          {r.download}
        </Button>
      </div>
      <p className={css.note} role="status">
        {said}
      </p>
    </>
  );
}

/** Where there are two, each says to the eye which it is; a screen reader hears it from the list. */
function Captioned({ caption, children }: { caption: string | false; children: ReactNode }) {
  return (
    <div className={css.captioned}>
      {caption && (
        <p className={css.note} aria-hidden="true">
          {caption}
        </p>
      )}
      {children}
    </div>
  );
}

function Groups({ label, parts }: { label: string; parts: readonly string[] }) {
  return (
    <ul className={css.secret} aria-label={label}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the groups of one key never move
        <li key={index}>{part}</li>
      ))}
    </ul>
  );
}

/** The words of an encryption password, numbered. */
export function WordList({ words }: { words: string }) {
  const { t } = useWords();
  return (
    <ol className={css.words} aria-label={t.recovery.password}>
      {words.split(/\s+/).map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the words of one password never move
        <li key={index}>{word}</li>
      ))}
    </ol>
  );
}
