/** Steps of a story as data: what one cluster did, another is told. */
import { expect, test } from 'vitest'
import { Cluster } from '../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../sim/cluster/ideal.ts'
import { follow } from '../../../../sim/cluster/script.ts'
import { localLink } from '../../../../sim/link.ts'

function newCluster(): Cluster {
  const options = { members: 4, slotMs: 400, link: localLink }
  return new Cluster(options, { seed: 'script', crypto: idealScheme() })
}

test('a release and a crash are steps, and lead another cluster to the same', () => {
  const told = newCluster()
  told.run(1_000)
  told.crash('n2')
  told.upgrade('n2', { oldest: 7, newest: 8 })
  told.restart('n2')
  told.requireProgress(['n0', 'n1', 'n3'], 4, 10_000)
  expect(told.script.steps).toContainEqual({ kind: 'upgrade', node: 'n2', oldest: 7, newest: 8 })

  const followed = newCluster()
  follow(followed, told.script.steps)
  expect(followed.nowMs).toBe(told.nowMs)
  for (const name of told.names) expect(followed.heightOf(name)).toBe(told.heightOf(name))
  // Nobody speaks any of its versions.
  expect(followed.simulation.network.peersOf('n2')).toEqual([])
  expect(followed.heightOf('n2')).toBeLessThan(followed.heightOf('n0'))
})

test('what runs is not configured', () => {
  const net = newCluster()
  expect(() => net.upgrade('n1', { oldest: 1, newest: 2 })).toThrow('n1 is down while its')
})
