/** Bugs of `test/mutants`, planted in copies of the agreement, whose machines are then explored. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { plant } from '../../../src/cli/mutants/plant.ts'
import { projectRoot } from '../../../src/cli/project-root.ts'
import { agreementMutants } from '../../mutants/agreement.ts'
import type { MachineExploration } from '../../support/consensus/machine/exploration.ts'

const folder = mkdtempSync(join(tmpdir(), 'alys-machines-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What is found in one slot of four members, whose author lies, with the bug in them. */
async function explored(name: string): Promise<MachineExploration> {
  const mutant = present(
    agreementMutants.find((each) => each.name === name),
    name,
  )
  const copy = join(folder, name)
  for (const path of ['src/base', 'src/protocol', 'test/support/consensus']) {
    cpSync(join(projectRoot, path), join(copy, path), { recursive: true })
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'), 'dir')
  plant(copy, mutant)
  const file = join(copy, 'test/support/consensus/machine/exploration.ts')
  const { exploreMachines } = await import(/* @vite-ignore */ file)
  const scope = { members: 4, liars: [1], slots: 1, restarts: 0, disk: 'kept', statesMax: 10_000 }
  return exploreMachines(scope)
}

test.each([
  ['finalise-although-nullified', 'A6: member 0 finalised the nullified slot 1', 5],
  ['quorum-one-short', 'A1: two blocks notarised in slot 1', 4],
  ['range-covers-finalised-slot', 'slot 1 is finalised', 6],
  ['gap-not-justified', 'member 0 sees a conflict: slot 1 is committed and given up', 7],
  ['finalised-unseen', 'A5: member 0 finalised above the highest notarised block', 2],
])('%s is found: %s, in %i steps', async (name, fault, steps) => {
  const { violation } = await explored(name)
  expect(violation).toMatchObject({ fault, isReal: true })
  expect(violation?.trace).toHaveLength(steps)
})

test('slot-compared-strictly is safe, but every state is stuck', async () => {
  const { violation, states, stuck } = await explored('slot-compared-strictly')
  expect(violation).toBeUndefined()
  expect(stuck).toBe(states)
})
