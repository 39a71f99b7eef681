/**
 * One schedule of twins a seed, out of all those of three rounds: which of four members has the twin, and who can hear
 * whom in each of three slots (`sim/cluster/adversary/twins.ts` says which of them are the same). Seeds 1 to 9,216 are
 * all of them, each once: `alys sim twins-enumerated --seeds 9216`.
 */
import { allSchedules, scheduleOfSeed, sidesOf } from '../../sim/cluster/adversary/twins.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { regional } from '../worlds.ts'
import { Accusations } from './accusations.ts'
import { cut, heal, runToTurnOf, untilSlotMs } from './rounds.ts'

const members = 4
const rounds = 3
const schedules = allSchedules(members, rounds)
/** By then everybody has met, and blocks come. */
const meetMs = 7_000

export const twinsEnumerated: Scenario = {
  name: 'twins-enumerated',
  title:
    'The keys of one of four members are on two machines and three slots are cut in two, in each way there is: never two histories, and then all go on',
  world: (_random, seed) => ({
    members,
    link: regional,
    twins: [scheduleOfSeed(schedules, seed).member],
  }),
  story: (net, _random, seed) => {
    const { member, cuts } = scheduleOfSeed(schedules, seed)
    const accusations = new Accusations(net)
    // Machines that have heard of other transfers build other blocks.
    transfers(net, { everyMs: 150, untilMs: meetMs + 20_000 })
    net.run(meetMs)
    // The first round is always the first member's turn: seeds differ by their schedules alone.
    runToTurnOf(net, 0)
    for (const each of cuts) {
      cut(net, sidesOf(each, member, members))
      net.run(untilSlotMs(net))
    }
    heal(net)
    net.requireProgress(net.correct, 4, 20_000)
    accusations.requireNoOther(member)
  },
}
