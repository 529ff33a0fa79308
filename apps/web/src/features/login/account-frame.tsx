import { Icon } from '@sotto/ui/icon/icon.tsx';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/words.tsx';
import css from './login.module.css';

/** One card on the desk: for everything that comes before being logged in. `footer` stands below it. */
export function AccountFrame({
  title,
  lead,
  children,
  footer,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
}) {
  const { t } = useWords();
  return (
    <main className={css.frame}>
      <div className={css.brand}>
        <Icon name="sotto" className={css.logo} />
        <span className={css.name}>{t.app.name}</span>
      </div>
      <section className={css.card} aria-labelledby="account-title">
        <header>
          <h1 id="account-title">{title}</h1>
          {lead !== undefined && <p className={css.lead}>{lead}</p>}
        </header>
        {children}
      </section>
      <p className={css.promise}>
        <Icon name="lock" small /> {t.app.promise}
      </p>
      {footer !== undefined && <footer className={css.footer}>{footer}</footer>}
    </main>
  );
}
