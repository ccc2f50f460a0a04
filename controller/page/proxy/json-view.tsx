/** The draft as JSON. Tab leaves the field, as everywhere; the text is the draft, letter by letter. */

type Props = { text: string; invalid: boolean; onText: (text: string) => void }

export const JsonView = ({ text, invalid, onText }: Props) => (
  <textarea
    class="field json"
    aria-label="Routing table as JSON"
    aria-describedby="draft-issues"
    aria-invalid={invalid}
    spellcheck={false}
    autocapitalize="off"
    autocomplete="off"
    rows={Math.min(32, Math.max(14, text.split('\n').length + 1))}
    value={text}
    onInput={event => onText(event.currentTarget.value)}
  />
)
