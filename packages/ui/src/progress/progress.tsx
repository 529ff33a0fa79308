import css from './progress.module.css';

export interface ProgressProps {
  /** What is under way, and how far: "1,200 of 9,000 keys". */
  label: string;
  /** Without a total the bar only says that something happens. */
  done?: number;
  total?: number;
}

/** Long work: a bar and the words to it. */
export function Progress({ label, done, total }: ProgressProps) {
  const known = total !== undefined && total > 0 ? { value: Math.min(done ?? 0, total), max: total } : {};
  return (
    <div className={css.progress}>
      <progress {...known} aria-label={label} />
      <p>{label}</p>
    </div>
  );
}
