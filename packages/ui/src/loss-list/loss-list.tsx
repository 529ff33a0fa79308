import { Icon } from '../icon/icon.tsx';
import css from './loss-list.module.css';

/** What somebody loses by going on, said before they do. `isBusy` while it is still being found out. */
export function LossList({ title, lost, isBusy }: { title: string; lost: readonly string[]; isBusy?: boolean }) {
  return (
    <div className={css.losses}>
      <h3>{title}</h3>
      <ul aria-busy={isBusy}>
        {lost.map((loss) => (
          <li key={loss}>
            <Icon name="close" small />
            <span>{loss}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
