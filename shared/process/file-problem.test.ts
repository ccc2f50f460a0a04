import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { fileProblem } from './file-problem.ts'
import { StartError } from './start-error.ts'

const thrown = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error
  }
}

test('failure of the system at a path is a sentence with the path, the reason and what helps', () => {
  const folder = scratchFolder()
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(fileProblem(thrown(() => mkdirSync(join(file, 'below'))))?.message).toBe(
    `Cannot make the folder ${file}/below: a part of its path is a file, not a folder (ENOTDIR). Name another place (--data names the folder of all state).`,
  )
  const long = join(folder, 'x'.repeat(300))
  expect(fileProblem(thrown(() => writeFileSync(long, '')))?.message).toContain(
    `Cannot open ${long}: its name is too long for this disk (ENAMETOOLONG).`,
  )
})

test('full disk may be otherwise later, which a missing right is not', () => {
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: '/d' })
  expect(fileProblem(full)).not.toBeInstanceOf(StartError)
  expect(fileProblem(full)?.message).toBe('Cannot write /d: the disk is full (ENOSPC). Free some space.')
  expect(fileProblem(Object.assign(full, { code: 'EACCES' }))).toBeInstanceOf(StartError)
})

test('failure that is no matter of the system at a path stays a bug', () => {
  expect(fileProblem(new Error('EACCES'))).toBeUndefined()
  expect(fileProblem(thrown(() => readFileSync(join(scratchFolder(), 'none'))))).toBeUndefined()
})
