import type { Recovery } from '@sotto/client/trust-types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { useWords } from '../../i18n/words.tsx';
import { useObservable } from '../../observe/use-observable.ts';
import { bannerOf, type RecoveryAsk } from './recovery-model.ts';

export interface RecoveryBannerProps {
  recovery: Pick<Recovery, 'get' | 'subscribe'>;
  onAsk(ask: RecoveryAsk): void;
}

/** Across the top, until a person's messages can be opened again whatever happens to this device. */
export function RecoveryBanner({ recovery, onAsk }: RecoveryBannerProps) {
  const { t } = useWords();
  const banner = bannerOf(t, useObservable(recovery));
  if (!banner) return null;
  const labels: Record<RecoveryAsk, string> = {
    save: t.recovery.bannerSave,
    unlock: t.recovery.enter,
    repair: t.recovery.repair,
    'other-device': t.recovery.otherDevice,
    reset: t.recovery.reset,
  };
  const buttons = banner.asks.map((ask) => (
    <Button key={ask} small onClick={() => onAsk(ask)}>
      {labels[ask]}
    </Button>
  ));
  return (
    <Banner
      icon={banner.kind === 'note' ? 'key' : 'alert'}
      kind={banner.kind}
      {...(buttons.length > 0 && { action: buttons })}
    >
      <strong>{banner.title}</strong> {banner.text}
    </Banner>
  );
}
