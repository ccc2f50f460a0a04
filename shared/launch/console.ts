/** What a person sees of all processes: one line each, with the time and the name, coloured on a terminal. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { fileReason } from '../process/file-problem.ts'
import { printable } from '../process/printable.ts'
import { complain } from '../process/say.ts'
import { errorText } from '../protocol/errors.ts'
import { jsonOrNothing } from '../protocol/json.ts'
import { LogFile } from './log-file.ts'

const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]
const LEVEL_COLOURS: Readonly<Record<string, number>> = { warn: 33, error: 31, fatal: 31 }

/** What stands before a line that is no record of a log: part of a trace, or something that a program printed. */
const NO_RECORD = '| '

const LogLine = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().default('') })

export class Console {
  readonly #folder: string
  readonly #colours: boolean
  readonly #ownLog: string
  readonly #names = new Map<string, number>()
  readonly #files = new Map<string, LogFile>()
  readonly #shown = new Set<string>()
  /** Logs that could not be written last time: said once until they can. */
  readonly #unwritten = new Set<string>()
  #width = 8

  /** @param ownLog the name of the file for what the launcher itself says: launchers that share a folder have one each */
  constructor(folder: string, colours: boolean, ownLog = 'startup') {
    this.#folder = folder
    this.#colours = colours
    this.#ownLog = ownLog
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** Makes room for a process: its colour, the width of its name. */
  introduce(name: string): void {
    this.#names.set(name, COLOURS[this.#names.size % COLOURS.length] ?? 0)
    this.#width = Math.max(this.#width, name.length)
  }

  /** A line that a process wrote: kept as it is but for what would steer a terminal, shown for a person. */
  line(name: string, text: string): void {
    this.keep(name, text)
    this.#show(name, text)
  }

  /** Shows lines that were kept before, unless exactly these were shown so already, of whichever process. */
  showOnce(name: string, lines: readonly string[]): void {
    const seen = lines.map(line => line.replaceAll(/"time":"[^"]*",|"process":"[^"]*",/g, '')).join('\n')
    if (this.#shown.has(seen)) return
    this.#shown.add(seen)
    for (const line of lines) this.#show(name, line)
  }

  logOf(name: string): string {
    return join(this.#folder, `${name.replaceAll(' ', '-')}.log`)
  }

  #show(name: string, text: string): void {
    const parsed = LogLine.safeParse(jsonOrNothing(text))
    if (!parsed.success) return this.#print(name, { time: new Date(), level: 'info', text })
    const { level, time, msg, process: _, err, ...fields } = parsed.data
    const details = Object.entries({ ...fields, ...(err !== undefined && { err }) }).map(
      ([key, value]) => `${key}=${show(value)}`,
    )
    this.#print(name, { time: new Date(time), level, text: [msg, ...details].join(' ') })
  }

  /** What the launcher itself has to say. */
  say(text: string, level = 'info'): void {
    this.keep(this.#ownLog, JSON.stringify({ level, time: new Date().toISOString(), process: 'startup', msg: text }))
    this.#print('startup', { time: new Date(), level, text })
  }

  /** A full disk must not take the launcher with it. */
  keep(name: string, line: string): void {
    const path = this.logOf(name)
    try {
      const file = this.#files.get(name) ?? new LogFile(path)
      this.#files.set(name, file)
      file.append(printable(line))
      this.#unwritten.delete(name)
    } catch (error) {
      if (!this.#unwritten.has(name)) complain(`cannot write ${path}: ${fileReason(error) ?? errorText(error)}`)
      this.#unwritten.add(name)
    }
  }

  #print(name: string, line: { time: Date; level: string; text: string }): void {
    const label = this.#paint(printable(name).padEnd(this.#width), this.#names.get(name) ?? 1)
    process.stdout.write(
      `${this.#paint(clock(line.time), 90)} ${label} ${this.#paint(printable(line.text), LEVEL_COLOURS[line.level] ?? 0)}\n`,
    )
  }

  #paint(text: string, colour: number): string {
    return this.#colours && colour > 0 ? `\x1b[${colour}m${text}\x1b[0m` : text
  }
}

/**
 * A line of a process as it is to be handed on. Only the log writes records, and it writes to the standard output; whatever
 * else looks like one, such as the second line of an error's message, is marked as none.
 */
export const markedLine = (line: string, { isOutput }: { isOutput: boolean }): string =>
  isOutput && LogLine.safeParse(jsonOrNothing(line)).success ? line : NO_RECORD + line

/** The line as the process wrote it. */
export const unmarked = (line: string): string => (line.startsWith(NO_RECORD) ? line.slice(NO_RECORD.length) : line)

const clock = (time: Date): string => time.toTimeString().slice(0, 8)
const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** A table for people, a row a line: columns as wide as their widest cell. */
export function renderTable(table: readonly (readonly string[])[]): string {
  const rows = table.map(row => row.map(printable))
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
