import { expect, test } from 'vitest'
import { Cluster } from '../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../sim/cluster/ideal.ts'
import { localLink } from '../../../../sim/link.ts'
import { partition } from '../../../../sim/rules.ts'

test('a member with a twin makes up a quorum on either side of a cut, and counts as one liar', () => {
  const options = { members: 4, link: localLink, twins: [1] }
  const net = new Cluster(options, { seed: 'twins', crypto: idealScheme() })
  expect(net.names).toEqual(['n0', 'n1', 'n2', 'n3', 't1'])
  expect(net.correct).toEqual(['n0', 'n2', 'n3'])
  /** Blocks that `n0` and `n3` commit in ten seconds while nothing gets from one side to the other. */
  const whileCut = (...sides: readonly (readonly string[])[]): readonly number[] => {
    const before = [net.heightOf('n0'), net.heightOf('n3')]
    net.simulation.network.rules.add('cut', partition(sides))
    net.run(10_000)
    net.simulation.network.rules.remove('cut')
    const after = [net.heightOf('n0'), net.heightOf('n3')]
    net.run(5_000)
    return after.map((height, at) => height - (before[at] ?? 0))
  }
  net.run(8_000)
  const here = whileCut(['n0', 'n1'], ['n2', 'n3', 't1'])
  expect(here[0]).toBeLessThanOrEqual(1)
  expect(here[1]).toBeGreaterThan(2)
  const there = whileCut(['n0', 'n2', 'n1'], ['n3', 't1'])
  expect(there[0]).toBeGreaterThan(2)
  expect(there[1]).toBeLessThanOrEqual(1)
  expect(net.violation).toBeUndefined()
})
