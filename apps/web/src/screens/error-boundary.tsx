import { Component, type ReactNode } from 'react';
import { AlertIcon, Button, EmptyState, type Strings } from '@parley/ui';

type Props = { strings: Strings; children: ReactNode };

/** A defect of a screen does not leave a white page behind. */
export class ErrorBoundary extends Component<Props, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    const { strings, children } = this.props;
    if (!this.state.crashed) return children;
    return (
      <EmptyState
        alert icon={<AlertIcon size={28} />} title={strings.errors.crashed}
        action={<Button variant="primary" onClick={() => window.location.reload()}>{strings.errors.reload}</Button>}
      />
    );
  }
}
