/** Joins the class names that are there: `classNames(css.row, isUnread && css.unread)`. */
export function classNames(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
