/** The table of limits against what it limits. */
import { describe, expect, test } from 'vitest'
import {
  consensusGossip,
  protocolLimits,
  requestBytesMax,
  transactionGossip,
} from '../../../../src/actors/network/limits.ts'
import { Purse } from '../../../../src/actors/network/purse.ts'
import { topicsOf } from '../../../../src/actors/network/topics.ts'
import { encodeAddressesRequest } from '../../../../src/protocol/wire/addresses.ts'
import { encodeBodiesRequest } from '../../../../src/protocol/wire/bodies.ts'
import { encodeCertifiedRequest } from '../../../../src/protocol/wire/certified.ts'
import { encodeHeadersRequest } from '../../../../src/protocol/wire/headers.ts'
import { encodeBlockRequest, protocolId } from '../../../../src/protocol/wire/requests.ts'
import { federation, openScene, readyPeer } from './scene.ts'

const names = Object.keys(protocolLimits) as (keyof typeof protocolLimits)[]

describe.each(names)('a peer that asks by %s', (name) => {
  const limits = protocolLimits[name]
  const { requests, bytes } = limits

  test('may ask as often as it says, and once more has to wait', () => {
    const purse = new Purse(limits)
    for (let i = 0; i < requests.max; i += 1) {
      expect(purse.ownWaitMs('a', 0)).toBe(0)
      purse.take('a', 'regular', 0)
    }
    const waitMs = purse.ownWaitMs('a', 0)
    expect(waitMs).toBe(Math.ceil(1_000 / requests.perSecond))
    expect(purse.ownWaitMs('a', waitMs - 1)).toBeGreaterThan(0)
    expect(purse.ownWaitMs('a', waitMs)).toBe(0)
    expect(purse.ownWaitMs('b', 0)).toBe(0)
  })

  test('may have as many bytes as it says, and has to wait when the last is gone', () => {
    const purse = new Purse(limits)
    purse.charge('a', 'regular', { bytes: bytes.max - 1, nowMs: 0 })
    expect(purse.ownWaitMs('a', 0)).toBe(0)
    purse.charge('a', 'regular', { bytes: 1, nowMs: 0 })
    expect(purse.ownWaitMs('a', 0)).toBe(1)
  })

  test('shares with its class as the table says', () => {
    const { classFactor } = limits
    const purse = new Purse(limits)
    const count = requests.max * (classFactor ?? 4)
    for (let i = 0; i < count; i += 1) {
      expect(purse.classWaitMs('regular', 0)).toBe(0)
      purse.take(`peer ${i}`, 'regular', 0)
    }
    expect(purse.classWaitMs('regular', 0) > 0).toBe(classFactor !== undefined)
    expect(purse.classWaitMs('federation', 0)).toBe(0)
  })
})

test('every protocol has its limits, and no well-formed request is longer', () => {
  expect(names.toSorted()).toEqual(Object.keys(protocolId).toSorted())
  const longest = {
    [protocolId.block]: encodeBlockRequest({ hash: 'ff'.repeat(32) }),
    [protocolId.peers]: encodeAddressesRequest({ countMax: 1, of: 'anybody' }),
    [protocolId.certified]: encodeCertifiedRequest({
      ...{ fromHeight: 1, strideHeights: 1, countMax: 1 },
    }),
    [protocolId.headers]: encodeHeadersRequest({ fromHeight: 1, countMax: 1 }),
    [protocolId.bodies]: encodeBodiesRequest({ fromHeight: 1, countMax: 1, bytesMax: 1 }),
  }
  for (const [protocol, request] of Object.entries(longest)) {
    expect(requestBytesMax[protocol]).toBe(request.length)
  }
})

describe('a neighbour that gossips', () => {
  const topics = topicsOf(federation.chain)

  test.each([
    ['transactions', topics.transactions, transactionGossip.max],
    ['what the agreement says', topics.consensus, consensusGossip(4).max],
  ])(
    '%s is heard up to the limit, and not one further, which is no offence',
    (_what, topic, max) => {
      const scene = openScene()
      scene.engine.react((message) => {
        if (message.kind === 'submit-transaction') message.reply({ kind: 'added', hash: '' })
      })
      const peer = readyPeer(scene.stage, 'a')
      // What cannot be read is counted by its blame, what can by its arrival.
      const heard = (): number =>
        scene.engine.of('submit-transaction').length + scene.peers.of('report-peer').length
      for (let i = 0; i < max + 1; i += 1) {
        peer.publish(topic, Uint8Array.of(9, i & 255, i >> 8))
      }
      scene.stage.run(5)
      expect(heard()).toBe(max)
      expect(scene.peers.of('report-peer').some(({ offence }) => offence === 'over-limit')).toBe(
        false,
      )
      scene.stage.run(1_000)
      peer.publish(topic, Uint8Array.of(8))
      scene.stage.run(5)
      expect(heard()).toBe(max + 1)
    },
  )
})
