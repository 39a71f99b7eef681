/** That what comes late is noticed, and what comes in time is not. */
import { expect, test } from 'vitest'
import { Cluster } from '../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../sim/cluster/ideal.ts'
import { watchPunctuality } from '../../../../sim/cluster/liveness/on-time.ts'
import { localLink } from '../../../../sim/link.ts'

/** What is found in ten slots of three members, of which the last is down if `isOneDown`. */
function foundIn(isOneDown: boolean, commitMsMax: number): string | undefined {
  const options = { members: 3, slotMs: 400, link: localLink }
  const net = new Cluster(options, { seed: 'a', crypto: idealScheme() })
  net.run(3_000)
  if (isOneDown) net.crash('n2')
  const names = { voters: ['n0', 'n1'], nodes: ['n0', 'n1'] }
  const end = watchPunctuality(net, { ...names, voteMsMax: 200, commitMsMax })
  net.run(4_000)
  end()
  return net.violation?.detail
}

test('in a calm world everything is on time', () => {
  expect(foundIn(false, 200)).toBeUndefined()
})

test('what is late, and what does not come at all, is found with slot and names', () => {
  expect(foundIn(false, 0)).toMatch(
    /slot \d+: who committed one within 0 ms: not n0 \(\d+ ms\), n1/,
  )
  expect(foundIn(true, 200)).toContain('who approved a block within 200 ms: not n0 (never)')
})
