/** Where the picture puts its nodes: controller, proxies and APIs in three columns. The order of names decides, so nodes keep their place. */
import { compareNames } from '../../../shared/written.ts'
import type { Graph, GraphEdge, GraphNode } from './picture-graph.ts'

export type Box = { readonly x: number; readonly y: number; readonly width: number }
export type PlacedNode = { readonly node: GraphNode; readonly box: Box }
export type PlacedEdge = { readonly edge: GraphEdge; readonly path: string; readonly middle: { x: number; y: number } }
export type Layout = {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

export const BOX_HEIGHT = 30
const ROW = 46
const WIDE = { width: 860, columns: [0, 330, 730], boxes: [120, 150, 130] } as const
const NARROW = { width: 350, columns: [0, 122, 270], boxes: [68, 114, 80] } as const

const columnOf = ({ kind }: GraphNode): 0 | 1 | 2 => (kind === 'controller' ? 0 : kind === 'api' ? 2 : 1)

export function layOut({ nodes, edges }: Graph, narrow: boolean): Layout {
  const { width, columns, boxes } = narrow ? NARROW : WIDE
  const byColumn = [0, 1, 2].map(column => nodes.filter(node => columnOf(node) === column))
  const rows = Math.max(...byColumn.map(column => column.length))
  const height = rows * ROW
  const placed = new Map<string, PlacedNode>()
  for (const column of byColumn) {
    const sorted = [...column].sort((a, b) => compareNames(a.label, b.label))
    sorted.forEach((node, index) => {
      const at = columnOf(node)
      const y = ((index + 0.5) * height) / sorted.length - BOX_HEIGHT / 2
      placed.set(node.key, { node, box: { x: columns[at], y, width: boxes[at] } })
    })
  }
  return {
    width,
    height,
    nodes: [...placed.values()],
    edges: edges.flatMap(edge => {
      const from = placed.get(edge.from)
      const to = placed.get(edge.to)
      return from === undefined || to === undefined ? [] : [{ edge, ...line(edge, from.box, to.box) }]
    }),
  }
}

/** Between columns an S from side to side; within the column of proxies an arc on its left. */
function line({ kind }: GraphEdge, from: Box, to: Box): Pick<PlacedEdge, 'path' | 'middle'> {
  const y1 = from.y + BOX_HEIGHT / 2
  const y2 = to.y + BOX_HEIGHT / 2
  if (kind === 'peer') {
    const x = from.x
    const bulge = x - 12 - Math.min(Math.abs(y2 - y1) * 0.32, 0.4 * x)
    return {
      path: `M${x} ${y1}C${bulge} ${y1} ${bulge} ${y2} ${x} ${y2}`,
      middle: { x: x / 4 + bulge * 0.75, y: (y1 + y2) / 2 },
    }
  }
  const x1 = from.x + from.width
  const x2 = to.x
  const half = (x1 + x2) / 2
  return { path: `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`, middle: { x: half, y: (y1 + y2) / 2 } }
}
