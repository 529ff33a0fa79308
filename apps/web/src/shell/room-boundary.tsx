import { Button } from '@sotto/ui/button/button.tsx';
import { State } from '@sotto/ui/state/state.tsx';
import { Component, type ReactNode } from 'react';
import { useWords } from '../i18n/words.tsx';

interface RoomBoundaryProps {
  /** The way out, for a phone that shows nothing else. */
  homeHref: string;
  children: ReactNode;
}

/** A room that can't be drawn breaks itself alone. React knows error boundaries as classes only. */
export class RoomBoundary extends Component<RoomBoundaryProps, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    return <BrokenRoom homeHref={this.props.homeHref} onRetry={() => this.setState({ isBroken: false })} />;
  }
}

function BrokenRoom({ homeHref, onRetry }: { homeHref: string; onRetry(): void }) {
  const { t } = useWords();
  const again = (
    <Button icon="retry" onClick={onRetry}>
      {t.app.retry}
    </Button>
  );
  return (
    <State icon="alert" title={t.nav.roomBroke} isPage isError action={again}>
      <p>{t.nav.roomBrokeText}</p>
      <p>
        <a href={homeHref}>{t.conversation.back}</a>
      </p>
    </State>
  );
}
