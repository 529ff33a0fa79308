import type { DeviceInfo, IdentityState, PersonHandle } from '@sotto/client/trust-types.ts';
import type { Person, SottoSession } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import { Button, IconButton } from '@sotto/ui/button/button.tsx';
import { classNames } from '@sotto/ui/class-names.ts';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Icon, type IconName } from '@sotto/ui/icon/icon.tsx';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useObservable } from '../../observe/use-observable.ts';
import { ByHandDialog, type Comparable } from '../../people/by-hand-dialog.tsx';
import css from './members.module.css';
import { useAcceptance } from './use-acceptance.ts';

export interface PersonCardProps {
  session: Pick<SottoSession, 'person'>;
  who: Person;
  isMe: boolean;
  onVerify(): void;
  onWrite(): void;
  onBack(): void;
  onClose(): void;
}

/** A person: who they are, whether it is really them, and their sessions (features C1, C4, B9). */
export function PersonCard({ session, who, isMe, onVerify, onWrite, onBack, onClose }: PersonCardProps) {
  const { t } = useWords();
  const person = usePerson(session, who.userId);
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  return (
    <aside className={css.panel} aria-label={t.trust.openCard(who.displayName)}>
      <header className={css.head}>
        <IconButton ref={back} icon="back" label={t.trust.backToPeople} onClick={onBack} data-focus-heir />
        <IconButton icon="close" label={t.members.close} onClick={onClose} />
      </header>
      <div className={css.body}>
        <div className={css.card}>
          <Avatar name={who.displayName} id={who.userId} size="large" />
          <h2>{who.displayName}</h2>
          <p className={css.note}>{who.userId}</p>
        </div>
        {!isMe && (
          <Button icon="chat" wide onClick={onWrite}>
            {t.trust.write}
          </Button>
        )}
        {person && <Trust person={person} isMe={isMe} onVerify={onVerify} />}
      </div>
    </aside>
  );
}

/** The person as long as the card is on the screen; undefined where nothing is known of people. */
function usePerson(session: Pick<SottoSession, 'person'>, userId: string): PersonHandle | undefined {
  const [person, setPerson] = useState<PersonHandle>();
  useLayoutEffect(() => {
    let opened: PersonHandle;
    try {
      opened = session.person(userId);
    } catch {
      return;
    }
    setPerson(opened);
    return () => opened.close();
  }, [session, userId]);
  return person;
}

const signs: Record<IdentityState['kind'], IconName> = {
  unknown: 'shield',
  pinned: 'shield',
  verified: 'shield-check',
  changed: 'shield-alert',
  guest: 'person',
};

function Trust({ person, isMe, onVerify }: { person: PersonHandle; isMe: boolean; onVerify(): void }) {
  const { t } = useWords();
  const { displayName, identity, devices } = useObservable(person);
  const changed = identity.kind === 'changed' && !isMe ? identity : undefined;
  const { accept, isBusy, problem } = useAcceptance(changed, person.acceptNewIdentity);
  const tone = identity.kind === 'verified' ? css.verified : identity.kind === 'changed' ? css.act : undefined;
  const wasVerified = changed?.wasVerified === true;
  const canVerify = !isMe && (changed || identity.kind === 'pinned');
  return (
    <>
      {!isMe && (
        <div className={classNames(css.state, tone)}>
          <Icon name={signs[identity.kind]} />
          <p>
            {changed ? t.trust.resetTitle(displayName) : t.trust.states[identity.kind]}{' '}
            {changed && (wasVerified ? t.trust.resetVerified : t.trust.resetPinned)}
          </p>
        </div>
      )}
      <div className={css.buttons}>
        {canVerify && (
          <Button kind="primary" icon="shield" onClick={onVerify}>
            {wasVerified ? t.trust.verifyAgain : t.trust.verify}
          </Button>
        )}
        {changed && (
          <Button busy={isBusy} onClick={accept}>
            {wasVerified ? t.trust.withdraw : t.trust.accept}
          </Button>
        )}
      </div>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      {devices.length > 0 && <Sessions devices={devices} person={person} isMe={isMe} />}
    </>
  );
}

interface SessionsProps {
  devices: readonly DeviceInfo[];
  person: PersonHandle;
  isMe: boolean;
}

function Sessions({ devices, person, isMe }: SessionsProps) {
  const { t } = useWords();
  const [comparing, setComparing] = useState<Comparable>();
  const comparable = isMe ? [] : devices.filter(hasFingerprint);
  return (
    <section aria-labelledby="person-sessions">
      <h3 id="person-sessions">{t.trust.sessions}</h3>
      <ul>
        {devices.map((device) => (
          <li key={device.deviceId} className={css.session}>
            {device.isSigned || device.isVerifiedByHand ? (
              <Icon name="laptop" />
            ) : (
              <Icon name="shield-alert" className={css.look} />
            )}
            <div>
              <p>{device.name || device.deviceId}</p>
              <p className={css.note}>
                {device.isVerifiedByHand ? t.trust.byHandDone : device.isSigned ? t.trust.signed : t.trust.unsigned}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {comparable.length > 0 && (
        <details className={css.advanced}>
          <summary>{t.trust.advanced}</summary>
          {comparable.map((device) => (
            <Button small key={device.deviceId} onClick={() => setComparing(device)}>
              {t.trust.byHand}: {device.name || device.deviceId}
            </Button>
          ))}
        </details>
      )}
      {comparing && (
        <ByHandDialog
          session={comparing}
          how={t.trust.byHandText}
          onSame={({ deviceId, fingerprint }) => person.verifyByHand(deviceId, fingerprint)}
          onClose={() => setComparing(undefined)}
        />
      )}
    </section>
  );
}

function hasFingerprint(device: DeviceInfo): device is DeviceInfo & { fingerprint: string } {
  return device.fingerprint !== undefined && !device.isVerifiedByHand;
}
