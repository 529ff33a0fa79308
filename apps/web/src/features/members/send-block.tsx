import type { RoomTrust, RoomTrustVerbs } from '@sotto/client/trust-types.ts';
import type { Person, SottoSession } from '@sotto/client/types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './members.module.css';

export interface SendBlockProps {
  session: Pick<SottoSession, 'person'>;
  room: Pick<RoomTrustVerbs, 'setVerifiedOnly'>;
  trust: RoomTrust | undefined;
  onVerify(person: Person): void;
}

/** In place of the field: why nothing is sent, and what to decide (features B9, C8). One person at a time. */
export function SendBlock({ session, room, trust, onVerify }: SendBlockProps) {
  const { t, list } = useWords();
  const { run, isBusy, problem } = useAct();
  const [first] = trust?.sendBlockedBy ?? [];
  if (!trust || !first) return null;
  const changed = trust.changedIdentities.find((person) => person.userId === first.userId);
  const wasVerified = changed?.wasVerified === true;
  const accept = () =>
    run(async () => {
      const person = session.person(first.userId);
      await (wasVerified ? person.withdrawVerification() : person.acceptNewIdentity()).finally(person.close);
    });
  const names = list(trust.sendBlockedBy.map((person) => person.displayName));
  return (
    <Banner icon={changed ? 'shield-alert' : 'shield'} kind={changed ? 'act' : 'look'} boxed>
      <div className={css.decide}>
        <p>
          <strong>{changed ? t.trust.resetTitle(first.displayName) : t.trust.unverifiedTitle(names)}</strong>{' '}
          {changed ? (wasVerified ? t.trust.resetVerified : t.trust.resetPinned) : t.trust.unverifiedText}
        </p>
        <div className={css.buttons}>
          <Button small onClick={() => onVerify(first)}>
            {wasVerified ? t.trust.verifyAgain : t.trust.verify}
          </Button>
          <Button small busy={isBusy} onClick={changed ? accept : () => room.setVerifiedOnly(false)}>
            {changed ? (wasVerified ? t.trust.withdraw : t.trust.accept) : t.trust.allowUnverified}
          </Button>
        </div>
        {problem && <Fault>{problemText(t, problem)}</Fault>}
      </div>
    </Banner>
  );
}
