/** What the screens of recovery say for each state, without drawing it. */
import type { RecoveryState, RecoveryWays } from '@sotto/client/trust-types.ts';
import type { Problem } from '@sotto/client/types.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { problemText } from '../../i18n/problem-text.ts';

/** What was shown and isn't proven yet: kept while the page lives, so that a set-up can be left and taken up again. */
export interface ShownSecret {
  recoveryKey?: string;
  password?: string;
  /** The person chose the password: there is nothing to copy. */
  isOwnPassword?: boolean;
  /** The server hasn't said that it is in force. */
  isUnanswered?: boolean;
}

/** What there is to be typed; where the state doesn't say, it may be either. */
export const waysOf = (state: RecoveryState): RecoveryWays =>
  'ways' in state ? state.ways : { key: true, password: true };

/** What the banner asks for. */
export type RecoveryAsk = 'save' | 'unlock' | 'repair' | 'other-device' | 'reset';

export interface BannerText {
  kind: 'note' | 'look' | 'act';
  title: string;
  text: string;
  asks: readonly RecoveryAsk[];
}

/** The banner across the top, until there is nothing left to do (features B1, B4). */
export function bannerOf(t: Catalogue, state: RecoveryState): BannerText | undefined {
  const r = t.recovery;
  switch (state.kind) {
    case 'unknown':
      return undefined;
    case 'not-set-up':
      return { kind: 'note', title: r.bannerSetUp, text: r.bannerSetUpText, asks: ['save'] };
    case 'unsaved':
      if (state.ways.isPasswordTold) return toldOf(t);
      return {
        kind: 'note',
        title: state.ways.key ? r.bannerKey : r.bannerPassword,
        text: r.bannerUnsavedText,
        asks: ['save'],
      };
    case 'locked':
      // Nothing was ever saved: there is nothing to enter.
      if (!state.ways.key && !state.ways.password) {
        return state.hasOtherSession
          ? { kind: 'note', title: r.bannerNotSaved, text: r.bannerNotSavedText, asks: ['other-device'] }
          : { kind: 'look', title: r.bannerNothing, text: r.bannerNothingText, asks: ['reset'] };
      }
      return {
        kind: 'note',
        title: byWays(state.ways, {
          key: r.bannerLockedKey,
          password: r.bannerLockedPassword,
          both: r.bannerLockedBoth,
        }),
        text: r.bannerLockedText,
        asks: state.hasOtherSession ? ['unlock', 'other-device'] : ['unlock'],
      };
    case 'broken':
      return state.canRepair
        ? { kind: 'look', title: r.bannerBroken, text: r.bannerRepairText, asks: ['repair'] }
        : { kind: 'act', title: r.bannerBroken, text: r.bannerBrokenText, asks: ['other-device'] };
    case 'ready':
      if (state.ways.isPasswordTold) return toldOf(t);
      return state.backup.kind === 'alarm'
        ? { kind: 'look', title: r.alarm[state.backup.what], text: r.alarmText, asks: [] }
        : undefined;
  }
}

const toldOf = ({ recovery: r }: Catalogue): BannerText => ({
  kind: 'look',
  title: r.bannerTold,
  text: r.bannerToldText,
  asks: ['repair'],
});

/** Why none was made. Whatever fails before there is one to show leaves what was before. */
export function notMadeText(t: Catalogue, problem: Problem): string {
  const text = problemText(t, problem);
  return problem.kind === 'network' ? `${text} ${t.recovery.nothingChanged}` : text;
}

/** One of three sentences, by which ways there are; a storage without a way that is known counts as both. */
export function byWays(ways: RecoveryWays, texts: { key: string; password: string; both: string }): string {
  if (ways.key === ways.password) return texts.both;
  return ways.key ? texts.key : texts.password;
}

/** What was typed back. Who pastes all that was copied, key and password in one, has saved both: either of them counts. */
export function typedBack({ recoveryKey, password }: ShownSecret, typed: string): string {
  const bare = (text: string) => text.replace(/\s+/g, '');
  const isBoth = recoveryKey !== undefined && password !== undefined && bare(typed) === bare(recoveryKey + password);
  return isBoth ? recoveryKey : typed;
}

/** The number of the first group of four that differs from the key that was shown; undefined when none can be named. */
export function wrongGroup(shown: string, typed: string): number | undefined {
  const [right, given] = [groupsOf(shown), groupsOf(typed)];
  const at = right.findIndex((group, index) => group !== given[index]);
  return at < 0 || given.length === 0 ? undefined : at + 1;
}

/** A recovery key in groups of four, as it is read aloud. */
export function groupsOf(key: string): string[] {
  return key.replace(/\s+/g, '').match(/.{1,4}/g) ?? [];
}
