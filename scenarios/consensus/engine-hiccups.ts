import type { Cluster } from '../../sim/cluster/cluster.ts'
import { watchPunctuality } from '../../sim/cluster/liveness/on-time.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { soundServices } from '../../sim/services.ts'
import type { Millis } from '../../src/base/units.ts'
import { slotAt } from '../../src/protocol/slots.ts'
import { runToTurnOf, untilSlotMs } from '../byzantine/rounds.ts'
import { regional } from '../worlds.ts'

const members = 4
/** In milliseconds of a slot: its author has built its block by then, and the others have not heard of it. */
const awayFromMs = 3
/** Before the clock ticks once more, so that a block that was not executed can be voted for in its slot. */
const awayToMs = 700
const slots = 10
/** Longer than it is between two ticks of the clock: a block whose answer is lost is not asked about again before. */
const engineDeadlineMs = 1_200
const lostToMs = 500

export const engineHiccups: Scenario = {
  name: 'engine-hiccups',
  title:
    'The engines of all but the author are away whenever a block comes, and back before its slot is over: each slot has its block; then what one of them answers is lost, which costs nobody else anything; and a turn for which its author’s own engine is away costs that turn alone',
  world: () => ({ members, link: regional, tuning: { engineDeadlineMs } }),
  story: (net, random) => {
    net.run(6_000)
    // A quorum of others may be done before somebody hears of a block: what counts is that all commit it.
    const names = { voters: [], nodes: net.members }
    const punctuality = { ...names, voteMsMax: 1_300, commitMsMax: 1_600 }
    net.run(untilSlotMs(net))
    const end = watchPunctuality(net, punctuality)
    for (let slot = 0; slot < slots; slot += 1) {
      const author = `n${slotNow(net) % members}`
      hiccup(
        net,
        net.members.filter((name) => name !== author),
        awayFromMs,
        awayToMs,
      )
      net.run(untilSlotMs(net))
    }
    end()

    const deaf = random.below(members)
    const others = net.members.filter((name) => name !== `n${deaf}`)
    const endOfOthers = watchPunctuality(net, { ...punctuality, nodes: others })
    for (let round = 0; round < members; round += 1) {
      runToTurnOf(net, (deaf + 1 + random.below(members - 1)) % members)
      loseAnswers(net, `n${deaf}`, lostToMs)
    }
    net.run(untilSlotMs(net) + net.chain.slots.slotMs)
    endOfOthers()

    // Nobody builds a block in the turn of this one.
    const hapless = random.below(members)
    runToTurnOf(net, hapless)
    const lost = slotNow(net) + members
    const isFree = (slot: number): boolean => slot === lost
    const endOfTurns = watchPunctuality(net, { ...punctuality, isFree })
    net.run(untilSlotMs(net) + (members - 1) * net.chain.slots.slotMs - 100)
    hiccup(net, [`n${hapless}`], 1, 200)
    net.run((2 * members + 2) * net.chain.slots.slotMs)
    endOfTurns()
  },
}

/** The engines of these nodes are away from one moment to another, in milliseconds from now. */
function hiccup(net: Cluster, names: readonly string[], fromMs: number, toMs: number): void {
  const set = (down: readonly 'engine'[]): void => {
    for (const name of names) net.machine(name).engineFaults = { ...soundServices, down }
  }
  net.simulation.after(fromMs, () => set(['engine']))
  net.simulation.after(toMs, () => set([]))
}

/** From now on for so long a node's engine does what it is asked, and is not heard. */
function loseAnswers(net: Cluster, name: string, forMs: Millis): void {
  const machine = net.machine(name)
  machine.engineFaults = { ...soundServices, answerLostPerMillion: 1_000_000 }
  net.simulation.after(forMs, () => {
    machine.engineFaults = soundServices
  })
}

function slotNow({ chain, simulation }: Cluster): number {
  return slotAt(chain.slots, simulation.wallMs)
}
