import type { Devices, OwnDevice } from '@sotto/client/trust-types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { useFirst } from '../../observe/use-first.ts';
import { useMinute } from '../../observe/use-minute.ts';
import { useObservable } from '../../observe/use-observable.ts';
import { SignOutDialog } from './session-dialogs.tsx';

const markOf = ({ deviceId, fingerprint, loggedInMs }: OwnDevice) => `${deviceId} ${fingerprint} ${loggedInMs}`;

/** "New login. Was this you?" One at a time, until it is answered (features C7). */
export function NewLoginBanner({ devices }: { devices: Devices }) {
  const { t, dates } = useWords();
  const now = useMinute();
  const first = useFirst(useObservable(devices.newLogins), markOf);
  const [leaving, setLeaving] = useState<OwnDevice>();
  if (!first) return null;
  const { deviceId, name, loggedInMs, lastSeenMs } = first;
  const when = dates.short(loggedInMs ?? lastSeenMs ?? now, now);
  return (
    <>
      <Banner
        icon="shield-alert"
        kind="look"
        action={
          <>
            <Button small onClick={() => devices.acknowledge(first)}>
              {t.sessions.itWasMe}
            </Button>
            <Button small onClick={() => setLeaving(first)}>
              {t.sessions.notMe}
            </Button>
          </>
        }
      >
        <strong>{t.sessions.newLogin}</strong> {t.sessions.newLoginText(name || deviceId, when)}
      </Banner>
      {leaving && <SignOutDialog devices={devices} whom={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  );
}
