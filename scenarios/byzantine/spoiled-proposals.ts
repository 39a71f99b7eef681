import {
  bodyForger,
  bodyThief,
  formChanger,
  justificationSpoiler,
  signatureSpoiler,
} from '../../sim/cluster/adversary/proposal-spoiler.ts'
import type { Cluster } from '../../sim/cluster/cluster.ts'
import { watchPunctuality } from '../../sim/cluster/liveness/on-time.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { quorumOf } from '../../src/protocol/committee.ts'
import { offencesOf } from '../network/attacked.ts'
import { regional } from '../worlds.ts'
import { setApart } from './distance.ts'

/** Odd seeds lose the bodies, which is no offence; even ones have signatures, certificates or the form spoiled in turn, which is. */
const takesBodies = (seed: number): boolean => seed % 2 === 1 && !forgesBodies(seed)
/** Or nothing is passed on, and bodies are other ones: whoever is asked because the announcer is slow is not the announcer. */
const forgesBodies = (seed: number): boolean => seed % 6 === 5
/**
 * Each third seed has so many transfers that bodies do not travel with the announcement. Then the thief has nothing to
 * take away: it only has to be the first to announce, since whoever does is asked for the body.
 */
const hasLargeBodies = (seed: number): boolean => seed % 3 === 0 || forgesBodies(seed)
const storyMs = 30_000

function spoilerOf(seed: number): typeof bodyThief {
  if (takesBodies(seed)) return bodyThief
  if (forgesBodies(seed)) return bodyForger
  if (seed % 8 === 2) return signatureSpoiler
  return seed % 4 === 0 ? formChanger : justificationSpoiler
}

export const spoiledProposals: Scenario = {
  name: 'spoiled-proposals',
  title:
    'A follower is nearer to four members than they are to each other, and passes on each proposal spoiled, before any of them has the true one: blocks come as if it were not there',
  world: (_random, seed) => ({
    members: 4,
    followers: 1,
    link: regional,
    hostile: new Map([['f0', spoilerOf(seed)]]),
  }),
  story: (net, _random, seed) => {
    const offences = offencesOf(net, ['f0'])
    if (hasLargeBodies(seed)) transfers(net, { everyMs: 12, untilMs: storyMs })
    setApart(net)
    net.run(10_000)
    // The true proposal comes a sixth of a second after the spoiled one.
    const names = { voters: net.members, nodes: net.members }
    const end = watchPunctuality(net, {
      ...names,
      voteMsMax: takesBodies(seed) ? 250 : 650,
      commitMsMax: 1_000,
    })
    net.requireProgress(net.members, 9, 20_000)
    // Where bodies have to be asked for, and the spoiler first, somebody may miss a slot.
    if (!hasLargeBodies(seed) || (!takesBodies(seed) && !forgesBodies(seed))) end()
    const reporters = net.members.filter((name) => offences.get(name)?.length !== 0)
    net.require(
      'reported',
      reporters.length >= reportersMin(net, seed),
      `${reporters.join(', ')} reported f0`,
    )
  },
}

/** Whoever hears what is spoiled says so, and whoever is given another body; by chance not all ask for one. */
function reportersMin({ chain }: Cluster, seed: number): number {
  if (takesBodies(seed)) return 0
  return forgesBodies(seed) ? 1 : quorumOf(chain.committee)
}
