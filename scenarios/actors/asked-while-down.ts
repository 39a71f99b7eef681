import { plannedFailure } from '../../sim/cluster/checker/containment.ts'
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import type { ApiAnswer } from '../../src/actors/api/messages.ts'
import { regional } from '../worlds.ts'

/** The chain begins anew at the next slot; then its disk is read. */
const downMsMax = 3_000
/** Whoever asks another actor waits for so long, and says then that there was no answer. */
const askMsMax = 15_000
const users = [0, 1, 2]

export const askedWhileDown: Scenario = {
  name: 'asked-while-down',
  title:
    'Users ask a node whose chain actor has failed, or whose storage actor fails under the question: who waits for the next life is answered by it, and nobody is left without an answer',
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
      const areAnswered = (): boolean => heads.every(({ answer }) => answer !== undefined)
      net.run(downMsMax, areAnswered)
      net.require('answered', areAnswered(), `${name} says nothing of its head`)

      net.run(2_000)
      const block = ask(net, name, 'alys_getBlock', [1])
      fail(net, name, 'storage/storage')
      net.run(askMsMax, () => block.answer !== undefined)
      net.require('answered', block.answer !== undefined, `${name} says nothing of a block`)
    }
    net.requireProgress(net.members, 3, 30_000)
  },
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
