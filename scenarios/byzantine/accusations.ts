/** Who is held to have broken its word, in stories about members that do. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Evidence } from '../../src/protocol/consensus/vote.ts'

/** What correct nodes found against members, from now on. */
export class Accusations {
  readonly #net: Cluster
  /** By accuser, the members that it has found out. */
  readonly #found = new Map<string, Set<number>>()

  constructor(net: Cluster) {
    this.#net = net
    net.watch(({ node, event }) => {
      if (event.kind !== 'evidence-found') return
      const found = this.#found.get(node) ?? new Set()
      this.#found.set(node, found.add(memberOf(event.evidence)))
    })
  }

  /** Nobody is accused but `liar`. */
  requireNoOther(liar: number): void {
    const wrongly = [...this.#found].filter(([, found]) => [...found].some((each) => each !== liar))
    const accusers = wrongly.map(([node]) => node).join(', ')
    this.#net.require('rightly-accused', wrongly.length === 0, `${accusers} accused others`)
  }

  /** And each of `by` accuses it, and can show proof of it. */
  require(liar: number, by: readonly string[]): void {
    const net = this.#net
    this.requireNoOther(liar)
    const blind = by.filter((node) => this.#found.get(node)?.has(liar) !== true)
    net.require('evidence', blind.length === 0, `${blind.join(', ')} found nothing on n${liar}`)
    const proofs = new Map<string, number>()
    for (const name of by) {
      net.machine(name).node?.call('alys_getEvidence', [], (answer) => {
        const known = 'result' in answer && Array.isArray(answer.result) ? answer.result : []
        proofs.set(name, known.filter(({ member }) => member === liar).length)
      })
    }
    net.run(1_000)
    const without = by.filter((name) => (proofs.get(name) ?? 0) === 0)
    net.require('proof-kept', without.length === 0, `${without.join(', ')} kept no proof`)
  }
}

function memberOf(evidence: Evidence): number {
  return evidence.kind === 'double-vote' ? evidence.first.signer : evidence.author
}
