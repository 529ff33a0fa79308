import { classNames } from '../class-names.ts';
import css from './avatar.module.css';
import { initials, tint } from './face.ts';

export interface AvatarProps {
  name: string;
  /** What the tint is chosen by: stays when the name changes. */
  id: string;
  /** People are round, rooms, teams and bots are not. */
  shape?: 'round' | 'square';
  size?: 'small' | 'medium' | 'large';
}

/** Two letters on a quiet tint. Decoration: the name stands beside it. */
export function Avatar({ name, id, shape = 'round', size = 'medium' }: AvatarProps) {
  const className = classNames(css.avatar, css[shape], css[size], css[`f${tint(id)}`]);
  return <span className={className} data-initials={initials(name)} aria-hidden="true" />;
}
