/** A boundary around a part of a page: what throws inside is told in its place, and nothing outside is touched. */
import { Component, type ComponentChildren } from 'preact'

interface BoundaryProps {
  /** What stands in the place of what could not be drawn. */
  readonly instead: (tryAgain: () => void) => ComponentChildren
  /** Another value is another content: it is tried anew. */
  readonly of?: unknown
  readonly children: ComponentChildren
}

interface BoundaryState {
  /** The content that failed. */
  readonly failed?: { readonly of: unknown } | undefined
}

/** The error goes to the console. Where `instead` throws too, the boundary around this one is asked. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override componentDidCatch(error: unknown): void {
    console.error(error)
    this.setState({ failed: { of: this.props.of } })
  }

  override render() {
    const { failed } = this.state
    if (failed === undefined || failed.of !== this.props.of) return this.props.children
    return this.props.instead(() => this.setState({ failed: undefined }))
  }
}

/** A boundary around a pane; `what` begins a sentence, such as "The list of conversations". */
export const Pane = ({ what, of, children }: { what: string; of?: unknown; children: ComponentChildren }) => (
  <Boundary of={of} instead={tryAgain => <PaneFailed what={what} tryAgain={tryAgain} />}>
    {children}
  </Boundary>
)

const PaneFailed = ({ what, tryAgain }: { what: string; tryAgain: () => void }) => (
  <p class="pane-failed" role="alert">
    {what} cannot be shown: a fault in this page. Nothing is lost; the console has the details.{' '}
    <button type="button" class="button small" onClick={tryAgain}>
      Try again
    </button>
  </p>
)
