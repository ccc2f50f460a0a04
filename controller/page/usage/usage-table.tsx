/** Sums with a name each, as a table or, on narrow pages, as cards. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { figure } from '../../../shared/written.ts'
import { narrow } from '../parts/narrow.ts'
import type { Named, Sum } from './usage-sums.ts'
import { costWords, firstPieceWord, stopped, tokenWord } from './usage-words.ts'

export type Entry = Named & { readonly label: ComponentChildren }
type Column = {
  readonly label: string
  readonly meaning: string
  readonly value: (sum: Sum) => ComponentChildren
}

const alarming = (count: number) => <span class={count > 0 ? 'figure failed' : 'figure'}>{figure(count)}</span>

export const Cost = ({ sum }: { sum: Sum }) => {
  const { known, unknown } = costWords(sum)
  if (unknown === undefined) return known
  return (
    <>
      {sum.costs.length > 0 && known}
      <span class="cost-unknown">{unknown}</span>
    </>
  )
}

const COLUMNS: readonly Column[] = [
  { label: 'Answers', meaning: 'all, whole or not', value: ({ counts }) => figure(counts.calls) },
  { label: 'Failed', meaning: 'ended with an error', value: ({ counts }) => alarming(counts.failed) },
  {
    label: 'Stopped',
    meaning: 'stopped by a person, or interrupted on the way',
    value: ({ counts }) => figure(stopped(counts)),
  },
  {
    label: 'Tokens in',
    meaning: 'read by the model, cached ones included',
    value: ({ counts }) => tokenWord(counts, counts.input),
  },
  {
    label: 'Cached',
    meaning: 'of the tokens in: read from a cache',
    value: ({ counts }) => tokenWord(counts, counts.cached),
  },
  {
    label: 'Tokens out',
    meaning: 'written by the model, thinking included',
    value: ({ counts }) => tokenWord(counts, counts.output),
  },
  {
    label: 'Thinking',
    meaning: 'of the tokens out: thinking',
    value: ({ counts }) => tokenWord(counts, counts.thinking),
  },
  {
    label: 'First piece',
    meaning: 'average time until the first piece of an answer came',
    value: ({ counts }) => firstPieceWord(counts),
  },
  { label: 'Cost', meaning: 'by the prices of the configuration', value: sum => <Cost sum={sum} /> },
]

type Props = { readonly caption: string; readonly head: string; readonly entries: readonly Entry[] }

/** Cards that are shown before a person asks for more: a month of them is a long way to scroll. */
const FIRST_CARDS = 7

function Cards({ caption, entries }: Props) {
  const isWhole = useSignal(false)
  const shown = isWhole.value ? entries : entries.slice(0, FIRST_CARDS)
  return (
    <>
      <CardList caption={caption} entries={shown} />
      {shown.length < entries.length && (
        <button type="button" class="button" onClick={() => (isWhole.value = true)}>
          Show all {entries.length}
        </button>
      )}
    </>
  )
}

const CardList = ({ caption, entries }: Omit<Props, 'head'>) => (
  <ul class="usage-cards" aria-label={caption}>
    {entries.map(({ name, label, sum }) => (
      <li key={name} class="panel" data-usage={name}>
        <h3 dir="auto">{label}</h3>
        <dl>
          {COLUMNS.map(column => (
            <div key={column.label} class={column.label === 'Cost' ? 'cost' : ''}>
              <dt>{column.label}</dt>
              <dd>{column.value(sum)}</dd>
            </div>
          ))}
        </dl>
      </li>
    ))}
  </ul>
)

const Table = ({ caption, head, entries }: Props) => (
  <table class="data-table usage-table">
    <caption class="visually-hidden">{caption}</caption>
    <thead>
      <tr>
        <th scope="col">{head}</th>
        {COLUMNS.map(({ label, meaning }) => (
          <th key={label} scope="col" class="counter" title={meaning}>
            {label}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {entries.map(({ name, label, sum }) => (
        <tr key={name} data-usage={name}>
          <th scope="row">
            <bdi>{label}</bdi>
          </th>
          {COLUMNS.map(column => (
            <td key={column.label} class="counter">
              {column.value(sum)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
)

export const UsageTable = (props: Props) => (
  <section class="usage-part">
    <h2>{props.caption}</h2>
    {narrow.value ? <Cards {...props} /> : <Table {...props} />}
  </section>
)
