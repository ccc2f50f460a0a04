/** A calm picture of the overlay: who can reach whom, what cannot work marked and said in words below. */
import { useComputed, useSignal } from '@preact/signals'
import { credentials, proxies } from '../live/overlay.ts'
import { knownTable } from '../live/tables.ts'
import { STATUS_SHAPES } from '../parts/marks.tsx'
import { narrow } from '../parts/narrow.ts'
import { placeLink } from '../place.ts'
import { STATUS_WORDS } from '../words/proxy-words.ts'
import { overlayGraph, problemSentences } from './picture-graph.ts'
import { BOX_HEIGHT, layOut, type PlacedEdge, type PlacedNode } from './picture-layout.ts'

/** Longest label that fits its box, in characters. */
const LABEL = { wide: 16, narrow: 12 } as const

function Edge({ placed: { edge, path, middle }, focus }: { placed: PlacedEdge; focus: string | undefined }) {
  const broken = edge.problems.length > 0
  const emphasis = focus === undefined ? '' : edge.from === focus || edge.to === focus ? 'near' : 'far'
  return (
    <g class={`edge ${edge.kind} ${emphasis} ${broken ? 'broken' : ''}`}>
      <path d={path} fill="none" />
      {broken && <path class="cross" d={`M${middle.x - 4} ${middle.y - 4}l8 8m0-8l-8 8`} />}
    </g>
  )
}

function Face({ placed: { node, box } }: { placed: PlacedNode }) {
  const longest = narrow.value ? LABEL.narrow : LABEL.wide
  const label = node.label.length > longest ? `${node.label.slice(0, longest - 1)}…` : node.label
  const shape = node.kind === 'proxy' ? STATUS_SHAPES[node.proxy.status] : undefined
  return (
    <>
      {node.kind !== 'proxy' && <title>{node.kind === 'unknown' ? `${node.label}: no such proxy` : node.label}</title>}
      <rect x={box.x + 0.5} y={box.y + 0.5} width={box.width - 1} height={BOX_HEIGHT - 1} rx="8" />
      {shape !== undefined && <path class="shape" d={shape} transform={`translate(${box.x + 9} ${box.y + 9})`} />}
      <text
        x={box.x + (shape === undefined ? box.width / 2 : 27)}
        y={box.y + 19.5}
        class={shape === undefined ? 'centred' : ''}
      >
        {label}
      </text>
    </>
  )
}

export function Picture() {
  const graph = useComputed(() =>
    overlayGraph({
      proxies: proxies.value,
      credentials: credentials.value,
      tableOf: name => knownTable(name)?.endpoints,
    }),
  )
  const focus = useSignal<string | undefined>(undefined)
  const { width, height, nodes, edges } = layOut(graph.value, narrow.value)
  const problems = problemSentences(graph.value.edges)
  const pointOut = (key: string | undefined) => () => {
    focus.value = key
  }

  return (
    <figure class="picture panel">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand for a drawing that holds links */}
      <svg viewBox={`-2 -2 ${width + 4} ${height + 4}`} role="group" aria-label="Picture of the overlay">
        {edges.map(placed => (
          <Edge key={`${placed.edge.from} – ${placed.edge.to}`} placed={placed} focus={focus.value} />
        ))}
        {nodes.map(placed => {
          const { node } = placed
          const pointing = { onPointerEnter: pointOut(node.key), onPointerLeave: pointOut(undefined) }
          if (node.kind !== 'proxy')
            return (
              <g key={node.key} class={`node ${node.kind}`} {...pointing}>
                <Face placed={placed} />
              </g>
            )
          return (
            <a
              key={node.key}
              class={`node proxy ${node.proxy.status}`}
              href={placeLink({ view: 'proxy', name: node.label, tab: 'routes' })}
              aria-label={`${node.label}: ${STATUS_WORDS[node.proxy.status].word}`}
              onFocus={pointOut(node.key)}
              onBlur={pointOut(undefined)}
              {...pointing}
            >
              <Face placed={placed} />
            </a>
          )
        })}
      </svg>
      <figcaption>
        {problems.length === 0 ? (
          <p>Dashed: routes and keys come from the controller. Solid: who sends to whom. Nothing is broken.</p>
        ) : (
          <ul class="problems" aria-label="Broken connections">
            {problems.map(problem => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
      </figcaption>
    </figure>
  )
}
