/**
 * How long the peer actor takes to look at all its peers once, everything included that it does in the seconds
 * meanwhile: dials, discovery, places. Arguments: the peers, the sweeps.
 */
import { numberArgument, repeat, writeReport } from '../program.ts'
import { loneActor } from './lone-actor.ts'

const [peersCount = 0, sweeps = 0] = [0, 1].map(numberArgument)
const measurements = 5

const report = await repeat(measurements, () => {
  const { tick, counts } = loneActor(peersCount, 20_000)
  return {
    run: () => {
      while (counts.sweeps < sweeps) tick()
      return sweeps
    },
    check: () => `${counts.told} ${counts.sweeps}`,
  }
})
writeReport(report)
