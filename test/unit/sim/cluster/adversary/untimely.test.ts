import { describe, expect, test } from 'vitest'
import { forgetful } from '../../../../../sim/cluster/adversary/forgetful.ts'
import { oldVoter } from '../../../../../sim/cluster/adversary/old-voter.ts'
import { localLink } from '../../../../../sim/link.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import { Simulation } from '../../../../../sim/simulation.ts'
import type { Store } from '../../../../../src/kernel/environment.ts'
import { federationOf, grow, voteOf } from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const { chain } = federation

describe('a forgetful member', () => {
  test('starts with the votes of five seconds before, and the rest of its disk as it is', () => {
    const simulation = new Simulation({ seed: 'forgetful', link: () => localLink })
    const parts = { chain, random: new SimRandom('forgetful'), nowMs: () => simulation.nowMs }
    const wrap = forgetful(5_000)(parts)
    const host = simulation.addHost('n1')
    let store: Store | undefined
    const boot = (): void => {
      host.boot((environment) => {
        store = wrap(environment).store
        return { stop: () => undefined }
      })
    }
    const write = (value: number): void => {
      const keys = ['votes/0/0', 'block/1']
      const writes = keys.map((key) => ({ key, value: Uint8Array.of(value) }))
      store?.commit({ writes, durable: true }, () => undefined)
      simulation.runFor(4_000)
    }
    const read = (key: string): number | undefined => {
      let value: number | undefined
      store?.get(key, (found) => {
        if (found.ok) value = found.value?.[0]
      })
      simulation.runFor(100)
      return value
    }
    boot()
    for (const value of [1, 2, 3]) write(value)
    expect([read('votes/0/0'), read('block/1')]).toEqual([3, 3])
    host.crash()
    boot()
    // What was written eight seconds before is known, and what was written four seconds before is not.
    expect([read('votes/0/0'), read('block/1')]).toEqual([2, 3])
    write(4)
    expect(read('votes/0/0')).toBe(4)
  })
})

test('an old voter repeats what others voted, to all and to each, and signs for slots far ahead', () => {
  const stage = new LiarStage(federation, oldVoter, { member: 1, slot: 9 })
  const { hash: block } = grow(federation, 1)[0]?.signed ?? expect.unreachable()
  const vote = voteOf(federation, 2, { kind: 'notarise', slot: 1, block })
  stage.hears({ kind: 'vote', vote })
  expect(stage.said).toEqual([])
  stage.pass(2_000)
  expect(stage.said[0]).toEqual({ kind: 'vote', vote })
  expect(stage.told.map(({ exchange }) => exchange.votes)).toEqual([[vote], [vote], [vote]])
  const own = stage.said.slice(1).flatMap((said) => (said.kind === 'vote' ? [said.vote] : []))
  expect(own.every(({ signer }) => signer === 1)).toBe(true)
  const slots = own.map(({ vote: each }) => (each.kind === 'nullify' ? each.to : each.slot))
  expect(Math.min(...slots)).toBe(11)
  expect(Math.max(...slots)).toBeGreaterThan(1_000_000_000)
})
