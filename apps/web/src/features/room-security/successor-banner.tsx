import type { RoomDetails } from '@sotto/client/types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { useWords } from '../../i18n/words.tsx';

export interface SuccessorBannerProps {
  successor: NonNullable<RoomDetails['successor']>;
  onGo(roomId: string): void;
}

/**
 * This room goes on in another one (features A4). Its members are in that one too, but nobody is led there unasked, and where
 * that room doesn't name this one, it is said so: whoever may change this room could lead people anywhere (security.md A11).
 */
export function SuccessorBanner({ successor, onGo }: SuccessorBannerProps) {
  const { t } = useWords();
  const s = t.roomSecurity;
  const { isProven, isEncrypted, membership, roomId } = successor;
  const isOpen = isProven && isEncrypted === false;
  const go = membership !== 'none' && (
    <Button small onClick={() => onGo(roomId)}>
      {membership === 'invite' ? s.movedInvited : s.movedGo}
    </Button>
  );
  return (
    <Banner
      icon={isOpen ? 'lock-open' : isProven ? 'room' : 'alert'}
      kind={isProven && !isOpen ? 'note' : 'look'}
      boxed
      action={go}
    >
      <strong>{isProven ? s.moved : s.movedUnproven}</strong> {!isProven && s.movedUnprovenText} {isOpen && s.movedOpen}{' '}
      {membership === 'none' && s.movedNotIn}
    </Banner>
  );
}
