import type { DeviceInfo, PersonHandle } from '@sotto/client/trust-types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './members.module.css';

export interface ByHandDialogProps {
  person: Pick<PersonHandle, 'verifyByHand'>;
  device: DeviceInfo & { fingerprint: string };
  onClose(): void;
}

/** One session compared as text, with a warning against being talked into it (features C3). */
export function ByHandDialog({ person, device, onClose }: ByHandDialogProps) {
  const { t } = useWords();
  const { run, isBusy, problem } = useAct();
  const { deviceId, fingerprint } = device;
  return (
    <Dialog kind="alert" title={t.trust.byHandTitle} closeLabel={t.app.close} onClose={onClose}>
      <Banner icon="alert" kind="look" boxed>
        {t.trust.byHandWarning}
      </Banner>
      <p>{t.trust.byHandText}</p>
      <dl className={css.compare}>
        <dt className={css.note}>{t.trust.session}</dt>
        <dd className={css.fingerprint}>{deviceId}</dd>
        <dt className={css.note}>{t.trust.fingerprint}</dt>
        <dd className={css.fingerprint}>{fingerprint}</dd>
      </dl>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.app.cancel}
        </Button>
        <Button
          kind="primary"
          busy={isBusy}
          onClick={() => run(() => person.verifyByHand(deviceId, fingerprint), onClose)}
        >
          {t.trust.same}
        </Button>
      </Actions>
    </Dialog>
  );
}
