/**
 * The attacks that matter most, each for some seconds against a real node without which no block is made. `npm run attacks`
 * has all of them, for longer, and says what they cost.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { measureAttack } from '../support/attacks/attack.ts'
import { connectionAttacks } from '../support/attacks/connection-attacks.ts'
import { gossipAttacks } from '../support/attacks/gossip-attacks.ts'
import { requestAttacks } from '../support/attacks/request-attacks.ts'
import { openTarget, type Target } from '../support/attacks/target.ts'
import { faultsOf } from '../support/attacks/verdict.ts'
import { killAll } from './alys-process.ts'

const attacks = [...gossipAttacks, ...requestAttacks, ...connectionAttacks]
const attackMsMax = 1_500
let target: Target

beforeAll(async () => {
  target = await openTarget()
}, 60_000)

afterAll(async () => {
  await target.close()
  killAll()
})

describe('a node goes on, and the attacker fares as it should:', () => {
  test.each([
    'gossip that cannot be read',
    'votes with signatures of chance',
    'transactions that are none',
    'frames that cannot be read',
    'asking for everything (IWANT)',
    'frames at the limit, and above',
    'requests at the limit, and above',
    'asking without reading',
    'asking on and on',
    'streams that are never used',
  ])(
    '%s',
    async (name) => {
      const attack = present(
        attacks.find((each) => each.name === name),
        'an attack of this name',
      )
      const outcome = await measureAttack(target, attack, attackMsMax)
      expect(faultsOf(outcome, attack)).toEqual([])
    },
    40_000,
  )

  test('connections that say nothing do not keep others out', async () => {
    const attack = present(
      attacks.find(({ name }) => name === 'connections that say nothing'),
      'an attack of this name',
    )
    const outcome = await measureAttack(target, attack, 8_000)
    expect(faultsOf(outcome, attack)).toEqual([])
    const [, welcome = 0, asked = 0] = (
      /(\d+) of (\d+) newcomers/.exec(outcome.deeds.seen ?? '') ?? []
    ).map(Number)
    expect(asked).toBeGreaterThan(3)
    expect(welcome).toBeGreaterThan(asked / 2)
  }, 40_000)
})
