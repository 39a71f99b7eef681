import {
  certificateForger,
  certificateForgeryNames,
} from '../../sim/cluster/adversary/certificate-forger.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { quorumOf } from '../../src/protocol/committee.ts'
import { attacked, members, offencesOf } from '../network/attacked.ts'
import { setApart } from './distance.ts'

const forgers = ['f0', 'f1', 'f2']

export const forgedCertificates: Scenario = {
  name: 'forged-certificates',
  title:
    'Three followers forge a certificate for each block that is proposed, each in another of eight ways: none is taken, a quorum reports all three, and blocks come as ever',
  world: (random) => {
    const ways = random.shuffle(certificateForgeryNames)
    const hostile = forgers.map(
      (name, at) => [name, certificateForger(ways[at] ?? 'garbage')] as const,
    )
    return attacked(new Map(hostile))
  },
  story: (net) => {
    const offences = forgers.map((name) => offencesOf(net, [name]))
    setApart(net)
    net.run(10_000)
    net.requireProgress([...members, 'f3'], 9, 20_000)
    // Whom most shun hears of blocks too late to be the first, so the last may have nothing against it.
    const quorum = quorumOf(net.chain.committee)
    offences.forEach((found, at) => {
      const reporters = members.filter((name) => found.get(name)?.length !== 0)
      const detail = `only ${reporters.join(', ')} reported ${forgers[at]}`
      net.require('reported', reporters.length >= quorum, detail)
    })
  },
}
