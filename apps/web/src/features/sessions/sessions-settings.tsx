import type { Devices, OwnDevice } from '@sotto/client/trust-types.ts';
import { Button, IconButton } from '@sotto/ui/button/button.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { Menu, type MenuItem } from '@sotto/ui/menu/menu.tsx';
import { SkeletonRows } from '@sotto/ui/state/state.tsx';
import { useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { useMinute } from '../../observe/use-minute.ts';
import { useObservable } from '../../observe/use-observable.ts';
import { ByHandDialog, type Comparable } from '../../people/by-hand-dialog.tsx';
import { FingerprintDialog, RenameDialog, SignOutDialog } from './session-dialogs.tsx';
import css from './sessions.module.css';

export interface SessionsSettingsProps {
  devices: Devices;
  onVerify(deviceId: string): void;
}

/** Where one is logged in: each session with its last use and whether it is verified (features C7). */
export function SessionsSettings({ devices, onVerify }: SessionsSettingsProps) {
  const { t } = useWords();
  const sessions = useObservable(devices);
  const [renaming, setRenaming] = useState<OwnDevice>();
  const [leaving, setLeaving] = useState<OwnDevice | 'others'>();
  const [comparing, setComparing] = useState<Comparable & { isThis: boolean }>();
  if (!sessions) return <SkeletonRows count={2} label={t.app.loading} withFace={false} />;
  return (
    <>
      <p className={css.note}>{t.sessions.text}</p>
      <ul className={css.list}>
        {newestFirst(sessions).map((session) => (
          <SessionRow
            key={session.deviceId}
            session={session}
            onVerify={() => onVerify(session.deviceId)}
            onRename={() => setRenaming(session)}
            onCompare={setComparing}
            onSignOut={() => setLeaving(session)}
          />
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button icon="exit" onClick={() => setLeaving('others')}>
          {t.sessions.signOutOthers}
        </Button>
      )}
      {renaming && <RenameDialog devices={devices} session={renaming} onClose={() => setRenaming(undefined)} />}
      {comparing?.isThis && <FingerprintDialog session={comparing} onClose={() => setComparing(undefined)} />}
      {comparing && !comparing.isThis && (
        <ByHandDialog
          session={comparing}
          how={t.sessions.byHandText}
          onSame={({ deviceId, fingerprint }) => devices.verifyByHand(deviceId, fingerprint)}
          onClose={() => setComparing(undefined)}
        />
      )}
      {leaving && <SignOutDialog devices={devices} whom={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  );
}

/** This one, and then as they were used last. */
function newestFirst(sessions: readonly OwnDevice[]): readonly OwnDevice[] {
  return sessions.toSorted((a, b) => Number(b.isThis) - Number(a.isThis) || (b.lastSeenMs ?? 0) - (a.lastSeenMs ?? 0));
}

/** What a session is called: its name, or what tells it from others. */
export const nameOf = ({ name, deviceId }: OwnDevice) => name || deviceId;

interface SessionRowProps {
  session: OwnDevice;
  onVerify(): void;
  onRename(): void;
  onCompare(session: Comparable & { isThis: boolean }): void;
  onSignOut(): void;
}

function SessionRow({ session, onVerify, onRename, onCompare, onSignOut }: SessionRowProps) {
  const { t, dates } = useWords();
  const now = useMinute();
  const { deviceId, fingerprint, isThis, isSigned, lastSeenMs, lastSeenIp } = session;
  const seen = isThis ? t.sessions.this : lastSeenMs !== undefined && t.sessions.lastSeen(dates.short(lastSeenMs, now));
  const isComparable = fingerprint !== undefined && (isThis || !isSigned);
  const compare: MenuItem = {
    label: isThis ? t.sessions.showFingerprint : t.trust.byHand,
    icon: 'key',
    onChoose: () => fingerprint !== undefined && onCompare({ deviceId, fingerprint, isThis }),
  };
  const items: MenuItem[] = [
    { label: t.sessions.rename, icon: 'compose' as const, onChoose: onRename },
    ...(isComparable ? [compare] : []),
    ...(isThis ? [] : [{ label: t.sessions.signOut, icon: 'exit' as const, isDanger: true, onChoose: onSignOut }]),
  ];
  return (
    <li className={css.session}>
      <Icon name={isSigned ? 'laptop' : 'shield-alert'} {...(!isSigned && { className: css.look })} />
      <div className={css.words}>
        <p className={css.name}>{nameOf(session)}</p>
        <p className={css.note}>{[seen, lastSeenIp].filter(Boolean).join(' · ')}</p>
        <p className={css.note}>{isSigned ? t.sessions.verified : t.sessions.unverified}</p>
        {!isSigned && !isThis && fingerprint !== undefined && (
          <Button small onClick={onVerify}>
            {t.sessions.verify}
          </Button>
        )}
      </div>
      <Menu
        items={items}
        trigger={(props) => <IconButton {...props} icon="more" label={t.sessions.more(nameOf(session))} />}
      />
    </li>
  );
}
