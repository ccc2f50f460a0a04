/** What a bench finds out: named figures, each with its aim and, where there is one, a floor measured in the same run. */
import { median } from '../harness/quantile.ts'

export type Unit = 'ms' | 's' | 'MB' | 'messages/s' | 'times' | 'streams'

export type Figure = {
  readonly name: string
  readonly measured: number
  readonly unit: Unit
  readonly aim?: { readonly atMost: number } | { readonly atLeast: number }
  /** What the same takes with nothing but the hops and commits that cannot be left out. */
  readonly floor?: number
}

export type Scenario = {
  readonly name: string
  readonly about: string
  /** How often it is run; the medians count. */
  readonly runs: number
  readonly run: () => Promise<Figure[]>
}

/** The figures of several runs of a scenario as one of each name. */
export function medians(runs: readonly (readonly Figure[])[]): Figure[] {
  return (runs[0] ?? []).map(figure => {
    const same = runs.flatMap(figures => figures.filter(({ name }) => name === figure.name))
    const floors = same.flatMap(({ floor }) => (floor === undefined ? [] : [floor]))
    return {
      ...figure,
      measured: median(same.map(({ measured }) => measured)),
      ...(floors.length > 0 && { floor: median(floors) }),
    }
  })
}

/** A row of the table: figure, measured, aim, floor. */
export function toRow({ name, measured, unit, aim, floor }: Figure): string[] {
  const isMet = aim === undefined || ('atMost' in aim ? measured <= aim.atMost : measured >= aim.atLeast)
  const wanted =
    aim === undefined ? '' : 'atMost' in aim ? `≤ ${show(aim.atMost, unit)}` : `≥ ${show(aim.atLeast, unit)}`
  return [
    name,
    show(measured, unit),
    isMet ? wanted : `${wanted}, missed`,
    floor === undefined ? '' : show(floor, unit),
  ]
}

function show(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return 'not told here'
  const digits = unit === 'messages/s' || unit === 'MB' || unit === 'streams' ? 0 : 2
  return `${value.toFixed(value >= 100 ? 0 : digits)} ${unit}`
}
