/** Mistakes of the chain which this one takes after that cannot be made here, each with the reason. */
import type { WithoutSurface } from './mutant.ts'

const noPeg = 'there is no peg to Bitcoin: no deposits, no withdrawals, no custody of coins'
const noMining = 'there is no merged mining: finality is by certificates alone'

export const withoutSurface: readonly WithoutSurface[] = [
  { id: 'H2', mistake: 'inputs that cannot be spent while a node syncs', reason: noPeg },
  { id: 'H7', mistake: 'wrong Bitcoin blocks are streamed', reason: noPeg },
  { id: 'H8', mistake: 'a deposit never confirms', reason: noPeg },
  {
    id: 'D-01',
    mistake: 'one height skips the check of withdrawals',
    reason: `${noPeg}; a check that one height skips is planted as H4`,
  },
  { id: 'D-03', mistake: 'withdrawals that nobody asked for pass', reason: noPeg },
  {
    id: 'D-04',
    mistake: 'a burn is believed by any contract',
    reason: 'the ledger has transfers and no contracts',
  },
  { id: 'D-09', mistake: 'who earns the fees is not bound by the proof', reason: noMining },
  { id: 'D-10', mistake: 'fields of a proof of work are not checked', reason: noMining },
  { id: 'D-14', mistake: 'no bounds for what a withdrawal pays', reason: noPeg },
  { id: 'D-15', mistake: 'what commits to a block need not be a coinbase', reason: noMining },
  {
    id: 'D-16',
    mistake: 'a later candidate replaces the first',
    reason: 'there is no cache of candidates: the vote lock, which D-08 lifts, chooses',
  },
  { id: 'D-18', mistake: 'the retarget of the difficulty is clamped wrongly', reason: noMining },
  {
    id: 'D-19',
    mistake: 'a rollback leaves indices behind',
    reason: 'nothing that is committed is rolled back, and there is no code that could',
  },
  { id: 'D-21', mistake: 'fees of withdrawals are paid from custody', reason: noPeg },
  { id: 'D-24', mistake: 'an address of a deposit is read as text', reason: noPeg },
  { id: 'D-26', mistake: 'reorganisations of Bitcoin are ignored', reason: noPeg },
  { id: 'D-27', mistake: 'withdrawals are not repeated', reason: noPeg },
  {
    id: 'D-32',
    mistake: 'a hash of the wrong length in a request aborts the node',
    reason: 'no client of the interface for operators lives in a simulated world',
  },
  {
    id: 'D-35',
    mistake: 'the interface for operators is open to everybody',
    reason: 'what listens is the platform, and no simulated world has an operator outside',
  },
  {
    id: 'D-37',
    mistake: 'an identity that changes with each start, and blocks too large for gossip',
    reason:
      'a machine of the simulator has its identity from outside, and bodies travel by request',
  },
]
