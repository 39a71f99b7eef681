/** Where attackers stand: nearer to everybody than members are to each other, so that they are the first to speak. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import { only, slow } from '../../sim/rules.ts'

const fartherUs = 150_000

/** From now on all that correct nodes send to each other takes 0.15 s longer. */
export function setApart(net: Cluster): void {
  const correct = new Set(net.correct)
  const isAmongThem = ({ from, to }: { readonly from: string; readonly to: string }): boolean =>
    correct.has(from) && correct.has(to)
  net.simulation.network.rules.add('apart', only(isAmongThem, slow(fartherUs)))
}
