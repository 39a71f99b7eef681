import { ledgerLiar, ledgerLies } from '../../sim/cluster/adversary/ledger-liar.ts'
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { present } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import {
  addressOf,
  encodeTransaction,
  signTransaction,
} from '../../src/protocol/execution/transaction.ts'
import { regional } from '../worlds.ts'

const members = 4
/** The first slot is this one's: nobody votes before. */
const liar = 1
const payments = 12

export const forgedTransfers: Scenario = {
  name: 'forged-transfers',
  title:
    'The first block of a chain has a transfer twice, or one that comes too soon, one of money that nobody has, or none at all, and states what would come of it: all refuse it, and do so again with nobody else’s; then users pay the authors of blocks',
  world: (_random, seed) => ({
    members,
    link: regional,
    liars: new Map([[liar, ledgerLiar(present(ledgerLies[seed % ledgerLies.length], 'a lie'))]]),
  }),
  story: (net) => {
    const refused = new Set<string>()
    net.watch(({ node, event }) => {
      if (event.kind === 'block-refused' && event.code === 'execution-invalid') refused.add(node)
      const isForged =
        event.kind === 'block-committed' && event.height === 1 && event.slot % members === liar
      net.require('none-committed', !isForged, `${node} committed what n${liar} forged`)
    })
    net.run(10_000)
    const trusting = net.correct.filter((name) => !refused.has(name))
    net.require('refused-by-all', trusting.length === 0, `${trusting.join(', ')} did not refuse`)
    for (let nonce = 0; nonce < payments; nonce += 1) {
      for (const author of net.chain.committee.members) payAll(net, nonce * members, author)
      net.run(1_000)
    }
    net.run(6_000)
    const isUsed = net.goals.reached.includes('transactions committed')
    net.require('transactions', isUsed, 'no transaction was committed')
  },
}

/** Each user pays an author, after so many transfers that it has sent before in other rounds. */
function payAll(
  net: Cluster,
  before: number,
  { authorKey }: { readonly authorKey: Uint8Array },
): void {
  const { tag, committee } = net.chain
  const place = committee.members.findIndex((each) => each.authorKey === authorKey)
  for (const { signer } of net.users) {
    const who = { from: signer.authorKey, to: addressOf(authorKey), nonce: before + place }
    const fields = { ...who, amount: 5n, fee: 2n }
    const transfer = signTransaction(fields, tag, (message) => signer.signAuthor(message))
    const encoded = toHex(encodeTransaction(transfer, tag))
    net.machine('n0').node?.call('alys_sendTransaction', [encoded], () => undefined)
  }
}
