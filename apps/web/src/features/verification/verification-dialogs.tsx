import type { VerificationRequest, Verifications } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useEffect, useRef, useState } from 'react';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { useObservable } from '../../observe/use-observable.ts';
import css from './verification.module.css';
import { type Scanned, VerificationDialog } from './verification-dialog.tsx';
import type { Wanted } from './wanted.ts';

export interface VerificationDialogsProps {
  verifications: Verifications;
  /** Asks as soon as it is there. */
  wanted: Wanted | undefined;
  onWanted(wanted: Wanted | undefined): void;
}

/** Verifications above all screens: a note for each that somebody asks for, a dialog for the one that goes on. */
export function VerificationDialogs({ verifications, wanted, onWanted }: VerificationDialogsProps) {
  const { t } = useWords();
  const requests = useObservable(verifications);
  const incoming = requests.filter((request) => request.phase.kind === 'incoming');
  const [scans, setScans] = useState<ReadonlyMap<string, Scanned>>(new Map());
  const begun = useBegun(requests);
  const isCurrent = (request: VerificationRequest) =>
    request.phase.kind !== 'incoming' &&
    (scans.get(request.id) === 'wrong' || !isSilent(request, begun.has(request.id)));
  const current = requests.find(isCurrent);
  const { run, problem, clear } = useAct();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each wish
  useEffect(() => {
    if (wanted)
      run(
        () => verifications.request(wanted),
        () => onWanted(undefined),
      );
  }, [wanted]);
  const close = () => {
    clear();
    onWanted(undefined);
  };
  return (
    <>
      <div className={css.notes}>
        {incoming.map((request) => (
          <IncomingNote key={request.id} request={request} verifications={verifications} />
        ))}
      </div>
      {current && (
        <VerificationDialog
          key={`${current.id} ${current.phase.kind}`}
          request={current}
          verifications={verifications}
          scanned={scans.get(current.id)}
          onScanned={(scanned) => setScans((before) => new Map(before).set(current.id, scanned))}
          onAgain={onWanted}
        />
      )}
      {wanted && problem && !current && (
        <Dialog title={t.verification.failedToAsk} closeLabel={t.app.close} onClose={close}>
          <Fault>{problemText(t, problem)}</Fault>
          <Actions>
            <Button kind="primary" onClick={close} data-autofocus>
              {t.app.close}
            </Button>
          </Actions>
        </Dialog>
      )}
    </>
  );
}

/** The verifications that stood on this screen: their end has to be said. */
function useBegun(requests: readonly VerificationRequest[]): ReadonlySet<string> {
  const begun = useRef(new Set<string>());
  useEffect(() => {
    for (const { id, phase } of requests) {
      if (phase.kind !== 'incoming' && phase.kind !== 'cancelled') begun.current.add(id);
    }
  }, [requests]);
  return begun.current;
}

/** What ended before it began here, or was answered elsewhere, asks for no attention. */
function isSilent({ isIncoming, phase }: VerificationRequest, hasBegun: boolean): boolean {
  if (phase.kind !== 'cancelled') return false;
  return (
    phase.why === 'elsewhere' ||
    (phase.by === 'us' && phase.why === 'declined') ||
    (isIncoming && !hasBegun && (phase.why === 'declined' || phase.why === 'failed'))
  );
}

function askText(v: Catalogue['verification'], { isOwnSession, isAfterChange, other }: VerificationRequest): string {
  if (isOwnSession) return v.askSession;
  return isAfterChange ? v.askPersonAgain(other.displayName) : v.askPerson(other.displayName);
}

function IncomingNote({ request, verifications }: { request: VerificationRequest; verifications: Verifications }) {
  const { t } = useWords();
  const v = t.verification;
  const { run, isBusy, problem } = useAct();
  return (
    <section className={css.incoming} role="alert">
      <Icon name="shield" />
      <div className={css.incomingWords}>
        <p className={css.strong}>{askText(v, request)}</p>
        <p className={css.note}>{request.isOwnSession ? v.askOwnText : v.askText}</p>
        {problem && <Fault>{problemText(t, problem)}</Fault>}
        <div className={css.buttons}>
          <Button small onClick={() => run(() => verifications.decline(request.id))}>
            {v.decline}
          </Button>
          <Button small kind="primary" busy={isBusy} onClick={() => run(() => verifications.accept(request.id))}>
            {v.accept}
          </Button>
        </div>
      </div>
    </section>
  );
}
