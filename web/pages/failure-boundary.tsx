// The last resort: something in the page threw while drawing. Says so and offers the way out, instead of a blank
// page.

import { Component, type ErrorInfo, type ReactNode } from 'react'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

interface FailureBoundaryProps {
  readonly children: ReactNode
}

interface FailureBoundaryState {
  readonly failure: string | null
}

export class FailureBoundary extends Component<FailureBoundaryProps, FailureBoundaryState> {
  override state: FailureBoundaryState = { failure: null }

  static getDerivedStateFromError(error: unknown): FailureBoundaryState {
    return { failure: error instanceof Error ? error.message : String(error) }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error('the page has failed', error, info.componentStack)
  }

  override render(): ReactNode {
    return this.state.failure === null ? this.props.children : <FailurePage detail={this.state.failure} />
  }
}

function FailurePage({ detail }: { readonly detail: string }) {
  const { access: words } = useMessages()
  return (
    <main className="access">
      <h1>{words.failed}</h1>
      <p>{words.whyFailed}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {words.reload}
      </button>
      <p className="tertiary">
        <Visible text={detail} />
      </p>
    </main>
  )
}
