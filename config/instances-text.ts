/** Changes of the list of instances in the text of a configuration: the rest of the text stays as its author wrote it. */
import { findNodeAtLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser'

/** @returns the text with one more instance behind the last, laid out as that one is */
export function withInstance(text: string, instance: object): string {
  const { nodes, start } = instancesIn(text)
  const last = nodes.at(-1)
  if (last === undefined) return splice(text, start, start, JSON.stringify(instance))
  const before = nodes.at(-2)
  const gap = before === undefined ? `,${text.slice(start, last.offset)}` : text.slice(endOf(before), last.offset)
  return splice(text, endOf(last), endOf(last), gap + layOut(instance, { like: last, text }))
}

/** @returns the text without the instance of that place in the list */
export function withoutInstance(text: string, index: number): string {
  const { nodes } = instancesIn(text)
  const [before, node, after] = [nodes[index - 1], nodes[index], nodes[index + 1]]
  if (node === undefined) return text
  const from = before === undefined ? node.offset : endOf(before)
  return splice(text, from, before === undefined && after !== undefined ? after.offset : endOf(node), '')
}

/** `start` is where the first instance would begin. */
function instancesIn(text: string): { nodes: readonly Node[]; start: number } {
  const tree = parseTree(text)
  const list = tree === undefined ? undefined : findNodeAtLocation(tree, ['instances'])
  return { nodes: list?.children ?? [], start: (list?.offset ?? -1) + 1 }
}

const endOf = ({ offset, length }: Node): number => offset + length

const splice = (text: string, from: number, to: number, between: string): string =>
  text.slice(0, from) + between + text.slice(to)

/** On as many lines, and as far apart, as another instance is. */
function layOut(instance: object, { like, text }: { like: Node; text: string }): string {
  const written = text.slice(like.offset, endOf(like))
  if (!written.includes('\n')) {
    const compact = JSON.stringify(instance)
    if (written === JSON.stringify(getNodeValue(like))) return compact
    return `{ ${Object.entries(instance)
      .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(', ')} }`
  }
  const indent = indentAt(text, like.offset)
  const deeper = indentAt(text, like.children?.[0]?.offset ?? like.offset)
  return JSON.stringify(instance, null, deeper.slice(indent.length)).replaceAll('\n', `\n${indent}`)
}

/** The white space with which the line of a place begins. */
const indentAt = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset))?.[0] ?? ''
