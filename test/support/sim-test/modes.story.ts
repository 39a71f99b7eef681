import { describe } from 'vitest'
import { never, type Property } from '../../../src/public/sim.ts'
import { simTest } from '../../../src/public/vitest.ts'
import { dice, fair, noSix, type Rolled, someSeven } from './dice.ts'

const command = 'npx vitest run --config test/support/sim-test/vitest.config.ts'

/** Chance that is nobody's: swallowed, so that only the lock-down can tell. */
function ambient(): number {
  try {
    return Math.random()
  } catch {
    return 1
  }
}

const looseStory = {
  ...dice([]),
  tell: () => {
    ambient()
  },
}

simTest('holds', dice([]), { seeds: 2 })
describe('a (suite)', () => {
  simTest("doesn't hold", dice([noSix]), { command })
})
simTest('is never tried', dice([someSeven]), { seeds: 2 })
simTest('need not be tried', dice([someSeven]), { seeds: 2, mayMiss: true })
simTest('asks for no seeds', dice([]), { seeds: 0 })
simTest('takes ambient chance', dice([], ambient), { seeds: 1 })
simTest('takes ambient chance outside of its world', looseStory, { seeds: 1 })
simTest.fails('has a bug', dice([noSix]))
simTest.fails('has no bug', dice([]), { seeds: 2 })
simTest.fails('is no bug, but chance', dice([], ambient), { seeds: 1 })
simTest.skip('is skipped', dice([noSix]))
simTest.todo('is to be written')
simTest.fails.each([
  [6, 'six'],
  [1, 'one'],
])('rolls a %i, a %s', (number) => dice([noRoll(number)]))
simTest.each([{ seeds: 1 }])('tells $seeds seed', () => dice([], fair), { seeds: 1 })

function noRoll(number: number): Property<Rolled> {
  return never(`no ${number}`, ({ event }) => event.kind === 'rolled' && event.number === number)
}
