import type { Me } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import { IconButton } from '@sotto/ui/button/button.tsx';
import { Icon, type IconName } from '@sotto/ui/icon/icon.tsx';
import { Badge } from '@sotto/ui/list/badge.tsx';
import { Tooltip } from '@sotto/ui/tooltip/tooltip.tsx';
import type { ReactNode } from 'react';
import { useWords } from '../i18n/words.tsx';
import { useObservable } from '../observe/use-observable.ts';
import type { Preferences } from '../preferences.ts';
import css from './rail.module.css';

export interface RailProps {
  me: Me;
  current: 'chats' | 'settings';
  unread: number;
  chatsHref: string;
  settingsHref: string;
  preferences: Preferences;
}

/** The places of the app: beside the list, or below it on a phone. */
export function Rail({ me, current, unread, chatsHref, settingsHref, preferences }: RailProps) {
  const { t } = useWords();
  const { theme } = useObservable(preferences);
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  return (
    <nav className={css.rail} aria-label={t.nav.main}>
      <RailLink
        icon="chat"
        href={chatsHref}
        isCurrent={current === 'chats'}
        text={t.nav.chats}
        mark={<Badge count={unread} label={t.rooms.unread(unread)} className={css.badge} />}
      />
      <span className={css.push} />
      <span className={css.wide}>
        <IconButton
          icon="theme"
          side="right"
          label={`${t.app.theme}: ${isDark ? t.app.themeDark : t.app.themeLight}`}
          onClick={() => preferences.change({ theme: isDark ? 'light' : 'dark' })}
        />
      </span>
      <RailLink icon="settings" href={settingsHref} isCurrent={current === 'settings'} text={t.nav.settings} />
      <span className={css.wide}>
        <Tooltip text={me.displayName} side="right">
          <a className={css.me} href={settingsHref}>
            <Avatar name={me.displayName} id={me.userId} />
            <span className={css.text}>
              {me.displayName}, {t.app.you}
            </span>
          </a>
        </Tooltip>
      </span>
    </nav>
  );
}

interface RailLinkProps {
  icon: IconName;
  href: string;
  isCurrent: boolean;
  text: string;
  mark?: ReactNode;
}

function RailLink({ icon, href, isCurrent, text, mark }: RailLinkProps) {
  return (
    <Tooltip text={text} side="right">
      <a className={css.link} href={href} aria-current={isCurrent ? 'page' : undefined}>
        <span className={css.sign}>
          <Icon name={icon} />
          {mark}
        </span>
        <span className={css.text}>{text}</span>
      </a>
    </Tooltip>
  );
}
