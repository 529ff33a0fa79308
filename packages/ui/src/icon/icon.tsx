import { classNames } from '../class-names.ts';
import sprite from '../icons.svg?raw';
import css from './icon.module.css';

/** One set: 20 px box, 1.5 px stroke, round ends and joins, no fill, the colour of its text. The names of `icons.svg`. */
export type IconName =
  | 'sotto'
  | 'lock'
  | 'lock-open'
  | 'shield'
  | 'shield-check'
  | 'shield-alert'
  | 'alert'
  | 'info'
  | 'key'
  | 'search'
  | 'people'
  | 'person'
  | 'plus'
  | 'close'
  | 'check'
  | 'down'
  | 'right'
  | 'back'
  | 'newest'
  | 'send'
  | 'clip'
  | 'smile'
  | 'reply'
  | 'more'
  | 'settings'
  | 'support'
  | 'chat'
  | 'file'
  | 'image'
  | 'copy'
  | 'download'
  | 'eye'
  | 'qr'
  | 'laptop'
  | 'phone'
  | 'exit'
  | 'clock'
  | 'note'
  | 'saved'
  | 'transfer'
  | 'bot'
  | 'room'
  | 'globe'
  | 'compose'
  | 'retry'
  | 'trash'
  | 'theme'
  | 'offline';

export interface IconProps {
  name: IconName;
  /** 16 px, for beside small text. */
  small?: boolean;
  /** Spoken name. Without it the icon is decoration: its neighbour says the words. */
  label?: string;
  className?: string | undefined;
}

export function Icon({ name, small = false, label, className }: IconProps) {
  const said =
    label === undefined ? ({ 'aria-hidden': true } as const) : ({ role: 'img', 'aria-label': label } as const);
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named by aria-label, or decoration
    <svg className={classNames(css.icon, small && css.small, className)} {...said}>
      <use href={`#i-${name}`} />
    </svg>
  );
}

/** The drawings themselves, put into the page once, before the first `Icon`. Our own file, never somebody's text. */
export function IconSprite() {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant from this package
  return <div hidden dangerouslySetInnerHTML={{ __html: sprite }} />;
}
