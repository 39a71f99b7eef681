/** The checkers of what crosses the seam to the network: each is shown a crossing in which its property is broken. */
import { describe, expect, test } from 'vitest'
import type {
  Crossing,
  CrossingChecker,
  Message,
  Observed,
  World,
} from '../../../../../sim/cluster/checker/checker.ts'
import { encodingChecker } from '../../../../../sim/cluster/checker/encoding.ts'
import { executedOnceChecker } from '../../../../../sim/cluster/checker/executed-once.ts'
import { fetchedOnceChecker } from '../../../../../sim/cluster/checker/fetched-once.ts'
import { gossipChecker } from '../../../../../sim/cluster/checker/gossip.ts'
import { MessageBook } from '../../../../../sim/cluster/message-book.ts'
import { topicsOf } from '../../../../../src/actors/network/topics.ts'
import { concatBytes } from '../../../../../src/base/bytes.ts'
import type { Verdict } from '../../../../../src/kernel/environment.ts'
import { certificateCheck } from '../../../../../src/protocol/consensus/checks.ts'
import { voteSigningBytes } from '../../../../../src/protocol/consensus/signing.ts'
import type { FinaliseVote } from '../../../../../src/protocol/consensus/vote.ts'
import { encodeGoodbye } from '../../../../../src/protocol/wire/goodbye.ts'
import { encodeGossip } from '../../../../../src/protocol/wire/gossip.ts'
import {
  encodeHeadersAnswer,
  encodeHeadersRequest,
} from '../../../../../src/protocol/wire/headers.ts'
import { protocolId } from '../../../../../src/protocol/wire/requests.ts'
import {
  blockOn,
  certify,
  federationOf,
  genesisSeat,
} from '../../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain, signers, scheme: crypto } = federation
const world = {
  ...{ chain, committee: chain.committee, quorum: 3, slots: chain.slots },
  isSigned: crypto.check,
  isGenuine: (certificate) => crypto.check(certificateCheck(chain, certificate)),
} as World
const topics = topicsOf(chain)
const book = new MessageBook()
const here = { node: 'a', life: 1 }
const ballot: FinaliseVote = { kind: 'finalise', slot: 5, block: 'ab'.repeat(32) }
const signatures = signers.map(({ signVote }) => signVote(voteSigningBytes(chain.tag, 0, ballot)))

function vote(signature: Uint8Array): Uint8Array {
  return encodeGossip({ kind: 'vote', vote: { vote: ballot, epoch: 0, signer: 0, signature } })
}

function certificate(members: readonly number[]): Uint8Array {
  const shares = members.map((member) => signatures[member] ?? new Uint8Array(96))
  const signature = crypto.aggregate(shares) ?? new Uint8Array(96)
  return encodeGossip({
    kind: 'certificate',
    certificate: { ...ballot, epoch: 0, signers: members, signature },
  })
}

const message = (bytes: Uint8Array, topic = topics.consensus): Message => book.find(topic, bytes)
const heard = (bytes: Uint8Array, atMs: number, seat = here): Crossing => {
  return { kind: 'heard', atMs, seat, message: message(bytes) }
}
const judged = (bytes: Uint8Array, verdict: Verdict): Crossing => {
  return { kind: 'judged', atMs: 0, seat: here, message: message(bytes), verdict }
}
const published = (bytes: Uint8Array, topic = topics.consensus): Crossing => {
  return { kind: 'published', atMs: 0, seat: here, message: message(bytes, topic) }
}

/** What a checker says last. */
function lastOf(checker: CrossingChecker, crossings: readonly Crossing[]): string | undefined {
  return crossings.map((crossing) => checker.cross(crossing)).at(-1)
}

/** A block in slot 6, with what says that its parent is in another. */
function proposal(parentSlot: number): Uint8Array {
  const block = blockOn(federation, genesisSeat(federation), 6)
  const notarisation = { ...certify(federation, 'notarise', block), slot: parentSlot }
  return encodeGossip({
    kind: 'proposal',
    ...block,
    justification: { notarisation, nullifies: [] },
  })
}

const genuine = vote(signatures[0] ?? new Uint8Array(96))
const forged = vote(new Uint8Array(96))

describe('equal messages', () => {
  test('are one object, though their bytes lie in two places, and other topics are others', () => {
    expect(message(genuine.slice())).toBe(message(genuine))
    expect(message(genuine, topics.transactions)).not.toBe(message(genuine))
  })
})

describe('gossip', () => {
  test('is brought once to each life, and again when it is long forgotten', () => {
    const twice = (atMs: number, seat = here) =>
      lastOf(gossipChecker(world), [heard(genuine, 0), heard(genuine.slice(), atMs, seat)])
    expect(twice(59_999)).toContain('again after 59999 ms')
    expect(twice(60_000)).toBeUndefined()
    expect(twice(5, { node: 'a', life: 2 })).toBeUndefined()
  })

  test.each<[string, Crossing, string | undefined]>([
    ['a vote', judged(genuine, 'accept'), undefined],
    ['a forged vote', judged(forged, 'accept'), 'a forged vote'],
    ['a forged vote, and dropped it', judged(forged, 'reject'), undefined],
    ['a forged vote of its own', published(forged), 'a forged vote'],
    ['a certificate', judged(certificate([0, 1, 3]), 'accept'), undefined],
    ['too small a certificate', judged(certificate([0, 1]), 'accept'), 'without a quorum'],
    ['a block after its parent', judged(proposal(5), 'accept'), undefined],
    ['one in its parent’s slot', judged(proposal(6), 'accept'), 'in slot 6 on one in slot 6'],
    ['nonsense', judged(Uint8Array.of(9, 9), 'accept'), 'gossip.version is 9, not 1'],
    ['no transaction', published(Uint8Array.of(9), topics.transactions), 'version is not 1'],
  ])('that a node passed on is sound: %s', (_what, crossing, expected) => {
    const said = lastOf(gossipChecker(world), [crossing])
    if (expected === undefined) expect(said).toBeUndefined()
    else expect(said).toContain(expected)
  })
})

describe('encoding', () => {
  const asked = (protocol: string, body: Uint8Array): Crossing => {
    return { kind: 'asked', atMs: 0, seat: here, protocol, body }
  }
  const answered = (protocol: string, answer: Uint8Array, body = answer): Crossing => {
    return { kind: 'answered', atMs: 0, seat: here, protocol, body, answer }
  }
  const headers = encodeHeadersRequest({ fromHeight: 1, countMax: 9 })
  const busy = encodeHeadersAnswer({ kind: 'busy', retryAfterMs: 1 })

  test.each<[string, Crossing]>([
    ['gossip', published(genuine)],
    ['a question', asked(protocolId.headers, headers)],
    ['an answer', answered(protocolId.headers, busy, headers)],
    ['nothing to say', answered(protocolId.goodbye, new Uint8Array(0), encodeGoodbye(1))],
  ])('comes out as it was: %s', (_what, crossing) => {
    expect(lastOf(encodingChecker(world), [crossing])).toBeUndefined()
  })

  test.each<[string, Crossing, string]>([
    ['more than it says', published(concatBytes(genuine, Uint8Array.of(0))), 'cannot be read'],
    ['a question cut short', asked(protocolId.headers, headers.slice(1)), 'cannot be read'],
    ['no known protocol', asked('/alys/none/1', headers), '/alys/none/1'],
    ['an empty answer', answered(protocolId.headers, new Uint8Array(0), headers), 'an answer by'],
  ])('is broken by %s', (_what, crossing, expected) => {
    expect(lastOf(encodingChecker(world), [crossing])).toContain(expected)
  })

  test('is looked at in the first of each kind, and then in one of sixteen', () => {
    const checker = encodingChecker(world)
    const wrong = asked(protocolId.headers, headers.slice(1))
    const said = Array.from({ length: 96 }, () => checker.cross(wrong) !== undefined)
    expect(said.filter((isFound) => isFound)).toHaveLength(64 + 2)
    expect(checker.cross(asked(protocolId.bodies, headers.slice(1)))).toContain('cannot be read')
  })
})

describe('what is fetched of the chain', () => {
  const asks = (protocol: string = protocolId.headers, life = 1) => ({ protocol, life })
  const ends = (part = 'headers', life = 1) => ({ part, life })

  /** What is said at the end of these. */
  const said = (steps: readonly (ReturnType<typeof asks> | ReturnType<typeof ends>)[]) => {
    const checker = fetchedOnceChecker()
    return steps
      .map(({ life, ...step }) => {
        const seat = { node: 'a', life }
        if ('protocol' in step) {
          return checker.cross({ kind: 'asked', atMs: 0, seat, body: new Uint8Array(0), ...step })
        }
        const event = { kind: 'part-fetched', peer: 'b', outcome: 'timeout', ...step }
        return checker.observe?.({ ...seat, atMs: 0, member: 0, event } as unknown as Observed)
      })
      .at(-1)
  }

  test('comes or fails once for each time that it was asked for', () => {
    expect(said([asks(), asks(), ends(), ends()])).toBeUndefined()
    expect(said([asks(), ends(), ends()])).toBe(
      'a says that headers of b ended (timeout), but has asked for none that had not',
    )
  })

  test('is counted apart by what it is, and anew in each life', () => {
    expect(said([asks(protocolId.bodies), ends()])).toContain('headers of b')
    expect(said([asks(), ends('headers', 2)])).toContain('headers of b')
    expect(said([asks(protocolId.exchange), ends('bodies')])).toContain('bodies of b')
  })
})

describe('a block that the engine has found right', () => {
  type Step = { readonly atMs: number } & (
    | { readonly calls: string }
    | { readonly of: string; readonly status: string }
    | { readonly event: object }
  )
  const started = { atMs: 0, event: { kind: 'chain-started', height: 0 } }
  const { genesisMs } = chain.slots
  /** Of the slot before; `old` has one of five slots ago. */
  const request = (blockHash: string) => ({
    method: 'newPayload',
    payload: { blockHash, number: 7, timestampMs: genesisMs + (blockHash === 'old' ? 0 : 8_000) },
  })

  /** What is said at the last of these, of a chain that has started long before. */
  const said = (...steps: readonly Step[]) => {
    const checker = executedOnceChecker({ ...world, wallMsAtStart: genesisMs })
    const show = (step: Step): string | undefined => {
      const { atMs } = step
      const crossing = { atMs, seat: here }
      if ('calls' in step) {
        return checker.cross({ ...crossing, kind: 'called', request: request(step.calls) })
      }
      if ('event' in step) {
        return checker.observe?.({ ...here, member: 0, ...step } as unknown as Observed)
      }
      const answer = { status: step.status }
      return checker.cross({ ...crossing, kind: 'returned', request: request(step.of), answer })
    }
    return [started, ...steps].map(show).at(-1)
  }
  const first: readonly Step[] = [
    { atMs: 10_000, calls: 'aa' },
    { atMs: 10_001, of: 'aa', status: 'VALID' },
  ]

  test('may be given to it again if it is old, as it may have been forgotten at once', () => {
    const old: readonly Step[] = [
      { atMs: 10_000, calls: 'old' },
      { atMs: 10_001, of: 'old', status: 'VALID' },
    ]
    expect(said(...old, { atMs: 10_003, calls: 'old' })).toBeUndefined()
  })

  test('is not given to it again within two slots', () => {
    expect(said(...first, { atMs: 10_002.5, calls: 'aa' })).toBe(
      'a had block 7 executed again 1.5 ms after its engine had found it right',
    )
    expect(said(...first, { atMs: 10_002, calls: 'bb' })).toBeUndefined()
    expect(said(...first, { atMs: 14_002, calls: 'aa' })).toBeUndefined()
  })

  test.each<[string, readonly Step[]]>([
    ['whose answer did not come', [{ atMs: 10_000, calls: 'aa' }]],
    ['that it could not judge', [{ atMs: 10_000, of: 'aa', status: 'SYNCING' }]],
    ['that it lacked', [...first, { atMs: 10_002, event: { kind: 'engine-behind' } }]],
    ['that an earlier life had given it', [...first, { ...started, atMs: 10_002 }]],
    [
      'that nobody waited for',
      [...first, { atMs: 10_002, event: { kind: 'ask-timed-out', to: 'chain/engine' } }],
    ],
  ])('is another thing than one %s', (_what, steps) => {
    expect(said(...steps, { atMs: 10_003, calls: 'aa' })).toBeUndefined()
  })
})
