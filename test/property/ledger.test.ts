/** What must hold of the ledger for every tree of payloads, order of arrival, and moment of a crash. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import {
  readBuiltPayload,
  readEngineStatus,
  readForkchoiceAnswer,
} from '../../src/protocol/execution/engine-api.ts'
import { accountAt, accountsOf } from '../../src/protocol/execution/state-trie.ts'
import type { ExecutedPayload } from '../../src/protocol/execution/transition.ts'
import type { MemoryStore } from '../unit/ledger/memory-store.ts'
import {
  addressAt,
  addresses,
  attributesOn,
  Bench,
  type Block,
  extend,
  forkchoice,
  genesisBlock,
  genuine,
  openBench,
  type Transfer,
} from '../unit/ledger/world.ts'

const supply = 6_000n

/** One payload to be: on which of those before it, by whom, and with what transfers. */
interface Plan {
  readonly parent: number
  readonly author: number
  readonly transfers: readonly Omit<Transfer, 'nonce'>[]
}

const anyTransfer = fc.record({
  from: fc.nat({ max: 5 }),
  to: fc.nat({ max: 5 }),
  amount: fc.bigInt({ min: 0n, max: 600n }),
  fee: fc.bigInt({ min: 0n, max: 5n }),
})
const anyPlan = fc.record({
  parent: fc.nat(),
  author: fc.nat({ max: 5 }),
  transfers: fc.array(anyTransfer, { maxLength: 5 }),
})
const anyPlans = fc.array(anyPlan, { minLength: 1, maxLength: 12 })

/** The payloads of the plans; each names its parent among the genesis and those before it. */
function blocksOf(plans: readonly Plan[]): readonly Block[] {
  const blocks: Block[] = []
  for (const [index, plan] of plans.entries()) {
    const place = plan.parent % (index + 1)
    const parent = place === 0 ? genesisBlock : present(blocks[place - 1], 'a parent')
    const extraData = Uint8Array.of(index)
    const feeRecipient = addressAt(plan.author)
    blocks.push(extend(parent, withNonces(parent, plan.transfers), { extraData, feeRecipient }))
  }
  return blocks
}

/** Gives each transfer the nonce that is right if all before it can be executed. */
function withNonces(parent: ExecutedPayload, transfers: Plan['transfers']): readonly Transfer[] {
  return transfers.map((transfer, index) => {
    const earlier = transfers.slice(0, index).filter(({ from }) => from === transfer.from).length
    const { nonce } = accountAt(parent.state, addressAt(transfer.from))
    return { ...transfer, nonce: nonce + earlier }
  })
}

/** From the genesis, excluded, to `block`, included. */
function branchTo(block: ExecutedPayload, blocks: readonly Block[]): readonly Block[] {
  const branch: Block[] = []
  let { blockHash } = block.payload
  for (const candidate of blocks.toReversed()) {
    if (candidate.payload.blockHash !== blockHash) continue
    branch.unshift(candidate)
    blockHash = candidate.payload.parentHash
  }
  return branch
}

/** Hands over the blocks in the order of `keys`, again and again, until all were executed. */
function executeInOrder(bench: Bench, blocks: readonly Block[], keys: readonly number[]): number {
  let waiting = blocks
    .map((block, index) => ({ block, key: (keys[index] ?? 0) * 100 + index }))
    .sort((a, b) => a.key - b.key)
    .map(({ block }) => block)
  let rounds = 0
  while (waiting.length > 0 && rounds <= blocks.length) {
    waiting = waiting.filter((block) => {
      const answer = bench.execute(block)
      if (JSON.stringify(answer).includes('SYNCING')) return true
      expect(answer).toMatchObject({ status: 'VALID' })
      return false
    })
    rounds += 1
  }
  expect(waiting).toEqual([])
  return rounds
}

const contentOf = (store: MemoryStore): string[] =>
  [...store.durable].map(([key, value]) => `${key} ${toHex(value)}`).sort()

test('two engines that see the forks in different orders end with the same accounts', () => {
  const keys = fc.array(fc.nat({ max: 9 }), { minLength: 12, maxLength: 12 })
  const property = fc.property(anyPlans, keys, keys, fc.nat(), (plans, left, right, choice) => {
    const blocks = blocksOf(plans)
    const engines = [openBench(), openBench()] as const
    executeInOrder(engines[0], blocks, left)
    executeInOrder(engines[1], blocks, right)
    const head = present(blocks[choice % blocks.length], 'a head')
    const branch = branchTo(head, blocks)
    const finalised = present(branch[choice % branch.length], 'an ancestor')
    for (const bench of engines) {
      expect(bench.forkchoice(head, finalised)).toEqual({ status: 'VALID' })
      for (const address of addresses) {
        expect(bench.call({ method: 'account', address })).toEqual({
          head: accountAt(head.state, address),
          finalized: accountAt(finalised.state, address),
        })
      }
    }
    expect(contentOf(engines[0].store)).toEqual(contentOf(engines[1].store))
  })
  fc.assert(property, { seed: 1, numRuns: 60 })
})

test('payloads that are executed together, in any portions, come to what each alone comes to', () => {
  const portions = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 12, maxLength: 12 })
  const property = fc.property(anyPlans, portions, (plans, sizes) => {
    const chain = blocksOf(plans.map((plan, index) => ({ ...plan, parent: index })))
    const alone = openBench()
    const together = openBench()
    for (const block of chain) alone.execute(block)
    let from = 0
    for (const size of sizes) {
      const payloads = chain.slice(from, from + size)
      if (payloads.length === 0) break
      const answer = together.call({ method: 'newPayloads', payloads })
      expect(answer).toEqual({ valid: payloads.length })
      from += size
      const last = present(payloads.at(-1), 'a payload')
      for (const bench of [alone, together]) bench.forkchoice(last, last)
      expect(contentOf(together.store)).toEqual(contentOf(alone.store))
    }
  })
  fc.assert(property, { seed: 1, numRuns: 60 })
})

test('the supply is conserved, no balance is negative, and nonces count transactions', () => {
  const property = fc.property(anyPlans, (plans) => {
    const blocks = blocksOf(plans)
    for (const block of blocks) {
      const accounts = accountsOf(block.state).map(({ account }) => account)
      expect(accounts.reduce((sum, { balance }) => sum + balance, 0n)).toBe(supply)
      expect(accounts.every(({ balance }) => balance >= 0n)).toBe(true)
      const executed = branchTo(block, blocks).flatMap(({ transactions }) => transactions)
      expect(accounts.reduce((sum, { nonce }) => sum + nonce, 0)).toBe(executed.length)
    }
  })
  fc.assert(property, { seed: 1, numRuns: 100 })
})

test('the rules agree with a ledger that is only a table of balances', () => {
  const property = fc.property(anyPlan, ({ transfers, author }) => {
    const table = new Map<number, { balance: bigint; nonce: number }>()
    for (let i = 0; i < addresses.length; i += 1) table.set(i, { balance: 1_000n, nonce: 0 })
    const row = (i: number) => present(table.get(i), 'a row')
    const signed = withNonces(genesisBlock, transfers)
    for (const { from, to, nonce, amount = 0n, fee = 0n } of signed) {
      if (row(from).nonce !== nonce || row(from).balance < amount + fee) continue
      row(from).nonce += 1
      row(from).balance -= amount + fee
      row(to).balance += amount
      row(author).balance += fee
    }
    const { state } = extend(genesisBlock, signed, { feeRecipient: addressAt(author) })
    for (const [i, { balance, nonce }] of table) {
      expect(accountAt(state, addressAt(i))).toEqual({ balance, nonce })
    }
  })
  fc.assert(property, { seed: 1, numRuns: 150 })
})

/** What happens to a node on its way along a chain. */
const anyStep = fc.record({
  /** How many payloads behind the newest one the final one is. */
  lag: fc.nat({ max: 3 }),
  /** Answers of the disk before the next step, or the power goes. */
  diskSteps: fc.nat({ max: 3 }),
  crashes: fc.boolean(),
  fails: fc.boolean(),
})

function finalNumberOf(bench: Bench): number {
  const status = readEngineStatus(bench.call({ method: 'status' }))
  return status.ok ? status.value.finalized.number : -1
}

test('a node that crashes at any moment loses nothing final and ends like one that never did', () => {
  const property = fc.property(
    fc.array(fc.record({ plan: anyPlan, step: anyStep }), { minLength: 1, maxLength: 10 }),
    (story) => {
      const chain = blocksOf(story.map(({ plan }, index) => ({ ...plan, parent: index })))
      const steady = openBench()
      let bench = openBench()
      let promised = 0
      for (const [index, { step }] of story.entries()) {
        const finalised = chain[index - step.lag] ?? genesisBlock
        // What the engine does not know any more is replayed from what it has.
        for (const block of chain.slice(finalNumberOf(bench), index + 1)) bench.execute(block)
        bench.store.failures = step.fails ? 1 : 0
        const number = Math.max(finalised.payload.number, promised)
        const head = present(chain[index], 'a head')
        bench.engine.handle(forkchoice(head, chain[number - 1] ?? genesisBlock), (answer) => {
          if (JSON.stringify(answer).includes('VALID')) promised = number
        })
        for (let i = 0; i < step.diskSteps; i += 1) bench.store.step()
        if (!step.crashes) continue
        bench = new Bench(bench.store.crash())
        expect(bench.open()).toBe('opened')
        expect(finalNumberOf(bench)).toBeGreaterThanOrEqual(promised)
      }
      const last = present(chain.at(-1), 'a payload')
      bench.store.failures = 0
      for (const engine of [steady, bench]) {
        for (const block of chain) engine.execute(block)
        expect(engine.forkchoice(last, last)).toEqual({ status: 'VALID' })
      }
      expect(contentOf(bench.store)).toEqual(contentOf(steady.store))
    },
  )
  fc.assert(property, { seed: 1, numRuns: 100 })
})

test('a damaged account or final payload is never taken for a whole one', () => {
  const property = fc.property(anyPlans, fc.nat(), fc.nat(), (plans, record, bit) => {
    const blocks = blocksOf(plans)
    const bench = openBench()
    executeInOrder(bench, blocks, [])
    const last = present(blocks.at(-1), 'a payload')
    bench.forkchoice(last, last)
    const keys = [...bench.store.durable.keys()].filter((key) => !key.includes('history')).sort()
    const key = present(keys[record % keys.length], 'a key')
    const value = present(bench.store.durable.get(key), key).slice()
    const at = (bit >> 3) % value.length
    value[at] = present(value[at], 'a byte') ^ (1 << (bit & 7))
    bench.store.durable.set(key, value)
    const again = new Bench(bench.store.crash())
    // It is not served but made anew, from the genesis and then from the same blocks.
    expect(again.open()).toBe('opened')
    expect(finalNumberOf(again)).toBe(0)
    executeInOrder(again, blocks, [])
    expect(again.forkchoice(last, last)).toEqual({ status: 'VALID' })
  })
  fc.assert(property, { seed: 1, numRuns: 60 })
})

test('what one engine builds out of any pool, another finds valid', () => {
  const anyOffer = fc.record({
    from: fc.nat({ max: 5 }),
    to: fc.nat({ max: 5 }),
    nonce: fc.nat({ max: 4 }),
    amount: fc.bigInt({ min: 0n, max: 600n }),
    fee: fc.bigInt({ min: 0n, max: 5n }),
  })
  const offers = fc.array(fc.array(anyOffer, { maxLength: 12 }), { minLength: 1, maxLength: 4 })
  const property = fc.property(offers, fc.nat({ max: 8 }), (rounds, transactionsMax) => {
    const author = openBench({ perSenderMax: 4, poolMax: 12 })
    const witness = openBench()
    let parent: ExecutedPayload = genesisBlock
    for (const round of rounds) {
      for (const offer of round) author.send(offer)
      const attributes = attributesOn(parent, { transactionsMax })
      const begun = readForkchoiceAnswer(author.call(forkchoice(parent, parent, attributes)))
      const payloadId = present(begun.ok ? begun.value.payloadId : undefined, 'an id')
      const built = readBuiltPayload(author.call({ method: 'getPayload', payloadId }))
      if (!built.ok) throw new Error(built.fault.detail)
      expect(built.value.transactions.length).toBeLessThanOrEqual(transactionsMax)
      for (const bench of [author, witness]) {
        const answer = bench.call({ method: 'newPayload', ...built.value })
        expect(answer).toMatchObject({ status: 'VALID' })
      }
      parent = { payload: built.value.payload, state: genesisBlock.state }
      witness.forkchoice(parent, parent)
    }
    author.forkchoice(parent, parent)
    expect(contentOf(author.store)).toEqual(contentOf(witness.store))
  })
  fc.assert(property, { seed: 1, numRuns: 60 })
})

test('a payload is made of the transactions that pay most', () => {
  const fees = fc.array(fc.bigInt({ min: 0n, max: 50n }), { minLength: 6, maxLength: 6 })
  const property = fc.property(fees, fc.nat({ max: 6 }), (all, transactionsMax) => {
    const bench = openBench()
    const offers = all.map((fee, from): Transfer => ({ from, to: 0, nonce: 0, fee }))
    for (const offer of offers) bench.send(offer)
    const attributes = attributesOn(genesisBlock, { transactionsMax })
    const begun = readForkchoiceAnswer(
      bench.call(forkchoice(genesisBlock, genesisBlock, attributes)),
    )
    const payloadId = present(begun.ok ? begun.value.payloadId : undefined, 'an id')
    const built = readBuiltPayload(bench.call({ method: 'getPayload', payloadId }))
    const best = offers
      .map((offer) => ({ fee: offer.fee ?? 0n, bytes: genuine(offer).bytes, from: offer.from }))
      .sort((a, b) => Number((b.fee ?? 0n) - (a.fee ?? 0n)) || a.from - b.from)
      .slice(0, transactionsMax)
      .map(({ bytes }) => bytes)
    expect(built).toMatchObject({ ok: true, value: { transactions: best } })
  })
  fc.assert(property, { seed: 1, numRuns: 60 })
})
