/** The sums of all answers that are shown, a tile each. */
import type { ComponentChildren } from 'preact'
import { figure } from '../../../shared/written.ts'
import type { Sum } from './usage-sums.ts'
import { compactFigure, costWords, firstPieceWord, stopped } from './usage-words.ts'

type TileProps = { name: string; value: string; full?: string; children?: ComponentChildren }

const Tile = ({ name, value, full, children }: TileProps) => (
  <div class="panel usage-tile" data-tile={name}>
    <dt dir="auto">{name}</dt>
    <dd>
      <strong title={full}>{value}</strong>
      <span>{children}</span>
    </dd>
  </div>
)

export function UsageTiles({ sum, isDemo }: { sum: Sum; isDemo: boolean }) {
  const { counts } = sum
  const { calls, failed, input, output, cached, thinking, withoutUsage } = counts
  const { known, unknown } = costWords(sum)
  const untold = withoutUsage === 0 ? '' : `, not told for ${figure(withoutUsage)}`
  return (
    <dl class="usage-tiles">
      <Tile name="Answers" value={compactFigure(calls)} full={figure(calls)}>
        {figure(failed)} failed, {figure(stopped(counts))} stopped
      </Tile>
      <Tile name="Tokens in" value={compactFigure(input)} full={figure(input)}>
        {compactFigure(cached)} cached{untold}
      </Tile>
      <Tile name="Tokens out" value={compactFigure(output)} full={figure(output)}>
        {compactFigure(thinking)} thinking{untold}
      </Tile>
      <Tile name="First piece" value={firstPieceWord(counts)}>
        on average
      </Tile>
      <Tile name="Cost" value={known}>
        {isDemo ? 'the demonstration costs nothing' : unknown && `cost ${unknown}`}
      </Tile>
    </dl>
  )
}
