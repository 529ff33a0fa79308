/** Moments in words, through `Intl`: nothing here knows a language. Times in milliseconds since 1970. */
export interface Dates {
  /** "09:44" */
  time(ms: number): string;
  /** A day line: "Today", "Yesterday", "Tuesday, 18 November", with the year when it isn't this one. */
  day(ms: number, nowMs: number): string;
  /** In a list, as short as it can be: the time today, then "Yesterday", a weekday, a date. */
  short(ms: number, nowMs: number): string;
  /** The whole moment, for a tooltip and a screen reader. */
  full(ms: number): string;
  /** Which day of the reader's calendar: the next one is one more. */
  dayNumber(ms: number): number;
  /** Days between two moments by the calendar of the reader, not by hours: 1 is yesterday. */
  daysAgo(ms: number, nowMs: number): number;
}

/** Dates as this language writes them, in the reader's time zone unless told another. */
export function createDates(language: string, timeZone?: string): Dates {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, timeZone === undefined ? options : { ...options, timeZone });
    return (ms: number) => formatter.format(ms);
  };
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const civil = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone && { timeZone }),
  });
  const time = format({ timeStyle: 'short' });
  const weekday = format({ weekday: 'short' });
  const dayMonth = format({ day: 'numeric', month: 'short' });
  const dayMonthYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const longDay = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const longDayYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const full = format({ dateStyle: 'full', timeStyle: 'short' });

  // Formatting is slow for ten thousand messages. Every time zone's midnight falls on a quarter of an hour of UTC.
  const dayOfQuarter = new Map<number, number>();
  const dayNumber = (ms: number) => {
    const quarter = Math.floor(ms / 900_000);
    const day = dayOfQuarter.get(quarter) ?? Date.parse(civil.format(ms)) / 86_400_000;
    dayOfQuarter.set(quarter, day);
    return day;
  };
  const daysAgo = (ms: number, nowMs: number) => dayNumber(nowMs) - dayNumber(ms);
  const sameYear = (ms: number, nowMs: number) => civil.format(ms).slice(0, 4) === civil.format(nowMs).slice(0, 4);
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

  return {
    time,
    full,
    dayNumber,
    daysAgo,
    day(ms, nowMs) {
      const days = daysAgo(ms, nowMs);
      if (days === 0 || days === 1) return capital(relative.format(-days, 'day'));
      return sameYear(ms, nowMs) ? longDay(ms) : longDayYear(ms);
    },
    short(ms, nowMs) {
      const days = daysAgo(ms, nowMs);
      if (days <= 0) return time(ms);
      if (days === 1) return capital(relative.format(-1, 'day'));
      if (days < 7) return weekday(ms);
      return sameYear(ms, nowMs) ? dayMonth(ms) : dayMonthYear(ms);
    },
  };
}
