import type { RoomTrust, RoomTrustVerbs } from '@sotto/client/trust-types.ts';
import type { Person, SottoSession } from '@sotto/client/types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useFirst } from '../../observe/use-first.ts';
import css from './members.module.css';
import { useAcceptance } from './use-acceptance.ts';

export interface SendBlockProps {
  session: Pick<SottoSession, 'person'>;
  room: Pick<RoomTrustVerbs, 'setVerifiedOnly'>;
  trust: RoomTrust | undefined;
  onVerify(person: Person): void;
}

/** In place of the field: why nothing is sent, and what to decide (features B9, C8). One person at a time. */
export function SendBlock({ trust, ...props }: SendBlockProps) {
  const first = useFirst(trust?.sendBlockedBy ?? [], idOf);
  return trust && first ? <Decision key={first.userId} trust={trust} first={first} {...props} /> : null;
}

const idOf = ({ userId }: Person) => userId;

function Decision({ session, room, trust, first, onVerify }: SendBlockProps & { trust: RoomTrust; first: Person }) {
  const { t, list } = useWords();
  const changed = trust.changedIdentities.find((person) => person.userId === first.userId);
  const wasVerified = changed?.wasVerified === true;
  const { accept, isBusy, problem } = useAcceptance(changed, async (shown) => {
    const person = session.person(first.userId);
    await person.acceptNewIdentity(shown).finally(person.close);
  });
  const isSet = !changed && trust.isVerifiedOnlySet === true;
  const unverifiedText = isSet ? t.organisation.verifiedOnly : t.trust.unverifiedText;
  const names = list(trust.sendBlockedBy.map((person) => person.displayName));
  return (
    <Banner icon={changed ? 'shield-alert' : 'shield'} kind={changed ? 'act' : 'look'} boxed>
      <div className={css.decide}>
        <p>
          <strong>{changed ? t.trust.resetTitle(first.displayName) : t.trust.unverifiedTitle(names)}</strong>{' '}
          {changed ? (wasVerified ? t.trust.resetVerified : t.trust.resetPinned) : unverifiedText}
        </p>
        <div className={css.buttons}>
          <Button small onClick={() => onVerify(first)}>
            {wasVerified ? t.trust.verifyAgain : t.trust.verify}
          </Button>
          {!isSet && (
            <Button small busy={isBusy} onClick={changed ? accept : () => room.setVerifiedOnly(false)}>
              {changed ? (wasVerified ? t.trust.withdraw : t.trust.accept) : t.trust.allowUnverified}
            </Button>
          )}
        </div>
        {problem && <Fault>{problemText(t, problem)}</Fault>}
      </div>
    </Banner>
  );
}
