/** What nodes say to each other, in words; what is no message of the chain keeps the name that it came by. */
import { describe, expect, test } from 'vitest'
import { chainNames } from '../../../../sim/cluster/chain-names.ts'
import { wordsFor } from '../../../../sim/cluster/message-words.ts'
import { topicsOf } from '../../../../src/actors/network/topics.ts'
import { encodeBodiesRequest } from '../../../../src/protocol/wire/bodies.ts'
import { encodeExchange } from '../../../../src/protocol/wire/exchange.ts'
import { encodeGossip, inlineBodyIfSmall } from '../../../../src/protocol/wire/gossip.ts'
import { encodeHeadersRequest } from '../../../../src/protocol/wire/headers.ts'
import {
  encodeBlockAnswer,
  encodeBlockRequest,
  protocolId,
} from '../../../../src/protocol/wire/requests.ts'
import { certify, federationOf, grow, voteOf } from '../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain } = federation
const [first, second] = grow(federation, 2)
if (first === undefined || second === undefined) throw new Error('two blocks grow')
const { hash } = second.signed
const short = `${hash.slice(0, 8)}…`
const parent = `${first.signed.hash.slice(0, 8)}…`
const describeMessage = wordsFor(chain)
const { consensus, transactions } = topicsOf(chain)

describe('gossip', () => {
  const said = (bytes: Uint8Array, topic = consensus) => describeMessage('gossip', topic, bytes)

  test('of a proposal names slot, height and block', () => {
    const words = said(encodeGossip(inlineBodyIfSmall(second)))
    const facts = `slot=2 height=2 hash=${short} parent=${parent}`
    expect(words).toEqual({ what: 'proposal', facts })
    expect(chainNames(facts)).toEqual(['slot 2', 'height 2', `block ${hash.slice(0, 8)}`])
  })

  test('of a vote says whose, and for what', () => {
    const notarise = voteOf(federation, 3, { kind: 'notarise', slot: 2, block: hash })
    const facts = `slot=2 block=${short} signer=3`
    expect(said(encodeGossip({ kind: 'vote', vote: notarise }))).toEqual({
      what: 'notarise vote',
      facts,
    })
    const nullify = voteOf(federation, 0, { kind: 'nullify', from: 3, to: 4 })
    expect(said(encodeGossip({ kind: 'vote', vote: nullify }))).toEqual({
      ...{ what: 'nullify vote', facts: 'from=3 to=4 signer=0' },
    })
  })

  test('of a certificate says of whom', () => {
    const certificate = certify(federation, 'finalise', second)
    expect(said(encodeGossip({ kind: 'certificate', certificate }))).toEqual({
      ...{ what: 'finalise certificate', facts: `slot=2 block=${short} signers=[0 1 2]` },
    })
  })

  test('of anything else has the name of its topic', () => {
    expect(said(Uint8Array.of(9, 9))).toEqual({ what: 'consensus', facts: '' })
    const vote = voteOf(federation, 3, { kind: 'notarise', slot: 2, block: hash })
    const words = said(encodeGossip({ kind: 'vote', vote }), transactions)
    expect(words).toEqual({ what: 'transactions', facts: '' })
  })
})

describe('requests and answers', () => {
  test.each([
    [protocolId.block, encodeBlockRequest({ hash }), `hash=${short}`],
    [
      protocolId.headers,
      encodeHeadersRequest({ fromHeight: 5, countMax: 7 }),
      'fromHeight=5 countMax=7',
    ],
    [
      protocolId.bodies,
      encodeBodiesRequest({ fromHeight: 5, countMax: 7, bytesMax: 99 }),
      'fromHeight=5 countMax=7 bytesMax=99',
    ],
    [protocolId.status, Uint8Array.of(1), ''],
    [protocolId.block, Uint8Array.of(1), ''],
  ])('%s says what it asks for', (protocol, bytes, facts) => {
    const what = protocol.split('/')[2]
    expect(describeMessage('request', protocol, bytes)).toEqual({ what, facts })
  })

  test('an exchange says where a node stands, and how much it brings', () => {
    const votes = [voteOf(federation, 0, { kind: 'nullify', from: 3, to: 4 })]
    const place = { committedSlot: 1, notarisedSlot: 2, nullifiedTo: 4 }
    const facts = 'committedSlot=1 notarisedSlot=2 nullifiedTo=4 votes=1 certificates=0'
    for (const way of ['request', 'answer'] as const) {
      const bytes = encodeExchange({ ...place, votes, certificates: [] })
      expect(describeMessage(way, protocolId.exchange, bytes)).toEqual({ what: 'exchange', facts })
    }
  })

  test('a block that comes says which, and one that is not there says so', () => {
    const said = (bytes: Uint8Array) => describeMessage('answer', protocolId.block, bytes)?.facts
    expect(said(encodeBlockAnswer(second))).toBe(`slot=2 height=2 hash=${short} parent=${parent}`)
    expect(said(encodeBlockAnswer(undefined))).toBe('isThere=false')
    expect(said(Uint8Array.of(7))).toBe('')
  })
})
