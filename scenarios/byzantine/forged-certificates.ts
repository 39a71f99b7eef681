import {
  type CertificateForgery,
  certificateForger,
  certificateForgeries,
} from '../../sim/cluster/adversary/certificate-forger.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { quorumOf } from '../../src/protocol/committee.ts'
import { attacked, bannersOf, members } from '../network/attacked.ts'
import { setApart } from './distance.ts'

const forgers = ['f0', 'f1', 'f2']
const names = Object.keys(certificateForgeries) as CertificateForgery[]

export const forgedCertificates: Scenario = {
  name: 'forged-certificates',
  title:
    'Three followers forge a certificate for each block that is proposed, each in another of eight ways: none is taken, a quorum bans all three, and blocks come as ever',
  world: (random) => {
    const ways = random.shuffle(names)
    const hostile = forgers.map(
      (name, at) => [name, certificateForger(ways[at] ?? 'garbage')] as const,
    )
    return attacked(new Map(hostile))
  },
  story: (net) => {
    const banners = new Map(forgers.map((name) => [name, bannersOf(net, name)]))
    setApart(net)
    net.run(10_000)
    net.requireProgress([...members, 'f3'], 9, 20_000)
    // Whom most have banned hears of blocks too late to be the first, so the last may have nothing against it.
    const quorum = quorumOf(net.chain.committee)
    for (const [forger, { size }] of banners) {
      net.require('banned', size >= quorum, `${size} of ${members.length} banned ${forger}`)
    }
  },
}
