import { plannedFailure } from '../../sim/cluster/checker/containment.ts'
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import type { ApiAnswer } from '../../src/actors/api/messages.ts'
import { regional } from '../worlds.ts'

/** The chain begins anew at the next slot; then its disk is read. */
const downMsMax = 3_000
/** A storage actor begins anew at once, and is asked again. */
const readMsMax = 1_000
const users = [0, 1, 2]

export const askedWhileDown: Scenario = {
  name: 'asked-while-down',
  title:
    'Users ask a node whose chain actor has failed, or whose storage actor fails under the question: who waits for the next life is answered by it, and what it had taken is asked again',
  world: () => ({ members: 3, link: regional }),
  story: (net, random) => {
    net.run(8_000)
    for (let round = 0; round < 6; round += 1) {
      const name = random.pick(net.members)
      net.run(random.below(2_000))
      fail(net, name, 'chain/chain')
      const heads = users.map(() => ask(net, name, 'alys_getHead', []))
      // It fails once more before it has begun: what waits for it goes on waiting.
      net.run(random.below(200))
      fail(net, name, 'chain/chain')
      net.run(downMsMax, () => heads.every(({ answer }) => answer !== undefined))
      const isHeard = heads.every(({ answer }) => answer !== undefined && !isGivenUp(answer))
      net.require('answered', isHeard, `${name} says nothing of its head`)

      net.run(2_000)
      const block = ask(net, name, 'alys_getBlock', [1])
      fail(net, name, 'storage/storage')
      net.run(readMsMax, () => block.answer !== undefined)
      const isRead = block.answer !== undefined && 'result' in block.answer
      net.require('answered', isRead, `${name} says nothing of a block`)
    }
    net.requireProgress(net.members, 3, 30_000)
  },
}

/** Nobody has answered it: not that the chain is starting, which is an answer, but that none will come. */
function isGivenUp(answer: ApiAnswer): boolean {
  return 'error' in answer && answer.error.message.startsWith('chain/chain:')
}

interface Asked {
  answer: ApiAnswer | undefined
}

function ask(net: Cluster, name: string, method: string, params: readonly unknown[]): Asked {
  const asked: Asked = { answer: undefined }
  net.machine(name).node?.call(method, params, (answer) => {
    asked.answer = answer
  })
  return asked
}

function fail(net: Cluster, name: string, path: string): void {
  net.machine(name).node?.crashActor(path, plannedFailure)
}
