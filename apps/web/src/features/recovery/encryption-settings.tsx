import type { BackupState, Recovery, RecoveryState } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { useWords } from '../../i18n/words.tsx';
import { useObservable } from '../../observe/use-observable.ts';
import css from './recovery.module.css';
import { byWays } from './recovery-model.ts';
import { RestoreKeys } from './restore-keys.tsx';

/** What the settings can ask for. */
export type EncryptionAsk = 'save' | 'change' | 'check' | 'unlock' | 'other-device' | 'export' | 'import' | 'reset';

export interface EncryptionSettingsProps {
  recovery: Pick<Recovery, 'get' | 'subscribe' | 'restoreAll' | 'countKeys'>;
  onAsk(ask: EncryptionAsk): void;
}

/** Settings → Encryption: where it stands, and what can be done. Nothing while nothing is known. */
export function EncryptionSettings({ recovery, onAsk }: EncryptionSettingsProps) {
  const { t } = useWords();
  const r = t.recovery;
  const state = useObservable(recovery);
  if (state.kind === 'unknown') return null;
  const isAlarm = state.kind === 'broken' || ('backup' in state && state.backup.kind === 'alarm');
  return (
    <>
      <div className={css.state}>
        {isAlarm ? (
          <Icon name="alert" className={css.look} />
        ) : (
          <Icon name={state.kind === 'ready' ? 'check' : 'key'} />
        )}
        <div>
          <p>{stateText(t, state)}</p>
          {'ways' in state && state.kind === 'ready' && (
            <p className={css.note}>
              {byWays(state.ways, { key: r.waysKey, password: r.waysPassword, both: r.waysBoth })}
            </p>
          )}
          {'backup' in state && <p className={css.note}>{backupText(t, state.backup)}</p>}
        </div>
      </div>
      <div className={css.buttons}>
        {asksOf(state).map((ask) => (
          <Button key={ask} onClick={() => onAsk(ask)} data-focus-heir={ask === 'check' || undefined}>
            {askText(t, state, ask)}
          </Button>
        ))}
      </div>
      {state.kind === 'ready' && <RestoreKeys recovery={recovery} />}
      <div className={css.part}>
        <h3>{r.files}</h3>
        <p className={css.note}>{r.filesText}</p>
        <div className={css.buttons}>
          <Button icon="download" onClick={() => onAsk('export')}>
            {r.export}
          </Button>
          <Button icon="file" onClick={() => onAsk('import')}>
            {r.import}
          </Button>
        </div>
      </div>
      <div className={css.part}>
        <h3>{r.identity}</h3>
        <p className={css.note}>{r.identityText}</p>
        <Button icon="trash" onClick={() => onAsk('reset')}>
          {r.reset}
        </Button>
      </div>
    </>
  );
}

function stateText({ recovery: r }: Catalogue, state: RecoveryState): string {
  const texts: Record<RecoveryState['kind'], string> = {
    unknown: '',
    'not-set-up': r.stateNotSetUp,
    unsaved: r.stateUnsaved,
    ready: r.stateReady,
    locked: r.stateLocked,
    broken: r.stateBroken,
  };
  return texts[state.kind];
}

function backupText({ recovery: r }: Catalogue, backup: BackupState): string {
  if (backup.kind === 'saving') return backup.left === undefined ? r.backupCounting : r.backupSaving(backup.left);
  if (backup.kind === 'alarm') return r.alarm[backup.what];
  return backup.kind === 'saved' ? r.backupSaved : r.backupOff;
}

function asksOf(state: RecoveryState): EncryptionAsk[] {
  if (state.kind === 'not-set-up' || state.kind === 'unsaved') return ['save'];
  if (state.kind === 'ready') return ['check', 'change'];
  if (state.kind === 'locked') {
    const canEnter = state.ways.key || state.ways.password;
    return [...(canEnter ? ['unlock' as const] : []), ...(state.hasOtherSession ? ['other-device' as const] : [])];
  }
  if (state.kind === 'broken') return [state.canRepair ? 'change' : 'other-device'];
  return [];
}

function askText({ recovery: r }: Catalogue, state: RecoveryState, ask: EncryptionAsk): string {
  const onlyPassword = 'ways' in state && state.ways.password && !state.ways.key;
  const texts: Partial<Record<EncryptionAsk, string>> = {
    save: state.kind === 'not-set-up' ? r.setUp : r.bannerSave,
    check: onlyPassword ? r.checkPassword : r.check,
    change: state.kind === 'broken' ? r.repair : r.change,
    unlock: r.unlock,
    'other-device': r.otherDevice,
  };
  return texts[ask] ?? r.reset;
}
