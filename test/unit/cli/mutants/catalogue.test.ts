import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../../../scenarios/catalogue.ts'
import { present } from '../../../../src/base/assert.ts'
import { mutatedFiles } from '../../../../src/cli/mutants/plant.ts'
import { projectRoot } from '../../../../src/cli/project-root.ts'
import { mutants } from '../../../mutants/catalogue.ts'
import { equivalents } from '../../../mutants/equivalent.ts'
import { withoutSurface } from '../../../mutants/without-surface.ts'

describe.each(mutants)('$id $name', (mutant) => {
  test('can still be planted: its place in the code is there once', () => {
    for (const [file, text] of mutatedFiles(mutant)) {
      expect(text).not.toBe(readFileSync(join(projectRoot, file), 'utf8'))
    }
  })

  test('has a hunter, and either something by which it is found or a reason why it is not', () => {
    const { scenario = 'swarm', expected, survives, law } = mutant
    expect(scenarios.map(({ name }) => name)).toContain(scenario)
    if (survives === undefined) expect(expected).not.toHaveLength(0)
    else expect(survives.length).toBeGreaterThan(20)
    if (law === undefined) return
    expect(survives).toBeDefined()
    expect(existsSync(join(projectRoot, law.file))).toBe(true)
  })
})

test('no name or id is used twice, nor that of what is no bug', () => {
  const gone = [...withoutSurface, ...equivalents].map(({ id }) => id)
  const known = [...mutants.flatMap(({ id, name }) => [id, name]), ...gone]
  expect(new Set(known).size).toBe(known.length)
})

test('a place that is gone is reported', () => {
  const mutant = present(mutants[0], 'a bug')
  const edits = mutant.edits.map((edit) => ({ ...edit, find: 'what was never written' }))
  expect(() => mutatedFiles({ ...mutant, edits })).toThrow('0 times')
})
