import { describe, expect, test } from 'vitest'
import { late, silence } from '../../../../../sim/cluster/adversary/answer-rules.ts'
import {
  type Asked,
  atProtocol,
  between,
  everyNth,
  fromNth,
  hostileServer,
  inSync,
  type MakeServeRule,
  oneOf,
  type Reply,
  sometimes,
} from '../../../../../sim/cluster/adversary/hostile-server.ts'
import {
  claimAhead,
  claimHeight,
  claimNothing,
  frozenStatus,
  impossibleHeight,
  type Proof,
  withholdCertificate,
} from '../../../../../sim/cluster/adversary/status-rules.ts'
import { localLink } from '../../../../../sim/link.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import { Simulation } from '../../../../../sim/simulation.ts'
import { certificateCheck, isQuorum } from '../../../../../src/protocol/consensus/checks.ts'
import { protocolId } from '../../../../../src/protocol/wire/requests.ts'
import {
  committedOf,
  decodeStatus,
  encodeStatus,
  type Status,
} from '../../../../../src/protocol/wire/status.ts'
import { certify, federationOf, grow } from '../../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain, scheme } = federation

function partsOf() {
  return { chain, random: new SimRandom('hostile'), nowMs: () => 0 }
}

/** Which of so many requests of these protocols, at these times, a rule applies to. */
function marked(make: (mark: MakeServeRule) => MakeServeRule, requests: readonly Partial<Asked>[]) {
  const mark: MakeServeRule = () => (reply) => ({ ...reply, isSilent: true })
  const rule = make(mark)(partsOf())
  return requests.map((request, i) => {
    const asked = { protocol: 'p', from: 'a', body: new Uint8Array(0), nth: i + 1, nowMs: 0 }
    const reply: Reply = { body: undefined, afterMs: 0, isSilent: false }
    return rule(reply, { ...asked, ...request }).isSilent
  })
}

describe('a rule', () => {
  const six = Array.from({ length: 6 }, () => ({}))

  test('of each third request', () => {
    expect(marked((mark) => everyNth(3, mark), six)).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
    ])
  })

  test('from the fifth request on', () => {
    expect(marked((mark) => fromNth(5, mark), six)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ])
  })

  test('of a time', () => {
    const times = [0, 10, 19, 20].map((nowMs) => ({ nowMs }))
    expect(marked((mark) => between(10, 20, mark), times)).toEqual([false, true, true, false])
  })

  test('of the protocols of sync, or of one', () => {
    const { status, exchange, headers, bodies } = protocolId
    const requests = [status, exchange, headers, bodies].map((protocol) => ({ protocol }))
    expect(marked(inSync, requests)).toEqual([false, false, true, true])
    expect(marked((mark) => atProtocol(headers, mark), requests)).toEqual([
      false,
      false,
      true,
      false,
    ])
  })

  test('of most requests, and of one kind among several', () => {
    const many = Array.from({ length: 1_000 }, () => ({}))
    const honest: MakeServeRule = () => (reply) => reply
    const count = (make: (mark: MakeServeRule) => MakeServeRule): number =>
      marked(make, many).filter(Boolean).length
    expect(Math.abs(count((mark) => sometimes(90, mark)) - 900)).toBeLessThan(50)
    expect(Math.abs(count((mark) => oneOf(mark, honest)) - 500)).toBeLessThan(80)
  })
})

test('a peer answers late, never, or as it would have, by its rules', () => {
  const simulation = new Simulation({ seed: 'hostile', eventsMax: 10_000, link: () => localLink })
  const wrap = hostileServer(
    atProtocol('late', late(1_000)),
    atProtocol('silent', silence),
  )(partsOf())
  const idle = { peerUp() {}, peerDown() {}, peerFound() {}, gossip() {} }
  const server = simulation.addHost('server', {})
  server.boot((environment) => {
    wrap(environment).network.open({
      ...idle,
      request: ({ body }, answer) => answer(body),
    })
    return { stop: () => undefined }
  })
  const answers: string[] = []
  const client = simulation.addHost('client', {})
  client.boot(({ network, clock }) => {
    network.open({ ...idle, request: (_request, answer) => answer(undefined) })
    network.dial('sim:server', () => {
      for (const protocol of ['plain', 'late', 'silent']) {
        const request = { peer: 'server', protocol, body: Uint8Array.of(1), deadlineMs: 3_000 }
        network.request(request, (outcome) => {
          const what = outcome.ok ? 'answered' : outcome.fault.code
          answers.push(`${protocol} ${what} ${Math.floor(clock.now() / 1_000)}`)
        })
      }
    })
    return { stop: () => undefined }
  })
  simulation.runFor(10_000)
  expect(answers).toEqual(['plain answered 0', 'late answered 1', 'silent timeout 3'])
})

describe('a status', () => {
  const block = grow(federation, 5)[4]
  if (block === undefined) throw new Error('there are five blocks')
  const { height, slot } = block.signed.header
  const honest: Status = {
    chainTag: chain.tag,
    genesis: chain.genesis.hash,
    head: { height, slot },
    availableFrom: 0,
    certified: { signed: block.signed, certificate: certify(federation, 'finalise', block) },
    statement: undefined,
  }
  const changed = (make: MakeServeRule, status = honest) => {
    const asked = { protocol: protocolId.status, from: 'a', body: new Uint8Array(0) }
    const reply: Reply = { body: encodeStatus(status), afterMs: 0, isSilent: false }
    const { body } = make(partsOf())(reply, { ...asked, nth: 1, nowMs: 0 })
    return decodeStatus(body ?? new Uint8Array(0), 4)
  }
  const readable = (make: MakeServeRule): Status => {
    const decoded = changed(make)
    if (!decoded.ok) throw new Error('the status cannot be read')
    return decoded.value
  }

  test.each<[Proof]>([['none'], ['forged'], ['too-few'], ['other-committee']])(
    'that claims a height with a certificate of the kind "%s" proves nothing',
    (proof) => {
      const status = readable(claimHeight(9_000, proof))
      expect(status.head.height).toBe(9_000)
      if (proof === 'none') return expect(status.certified).toEqual(honest.certified)
      expect(committedOf(status).height).toBe(9_000)
      const certificate = status.certified?.certificate ?? expect.unreachable()
      const isGenuine = scheme.check(certificateCheck(chain, certificate))
      expect(isGenuine && isQuorum(chain, certificate)).toBe(false)
    },
  )

  test('is ahead by so much, has nothing, or withholds what it has', () => {
    expect(readable(claimAhead(50, 'none')).head.height).toBe(55)
    expect(readable(claimNothing)).toMatchObject({
      head: { height: 0 },
      certified: undefined,
    })
    expect(readable(withholdCertificate)).toMatchObject({
      head: { height: 5 },
      certified: undefined,
    })
  })

  test('with a height beyond every number cannot be read', () => {
    expect(changed(impossibleHeight)).toMatchObject({ ok: false })
  })

  test('that is frozen is the first that was given', () => {
    const rule = frozenStatus(partsOf())
    const asked = { protocol: protocolId.status, from: 'a', body: new Uint8Array(0) }
    const bodies = [1, 2].map((n) => {
      const reply = { body: Uint8Array.of(n), afterMs: 0, isSilent: false }
      return rule(reply, { ...asked, nth: n, nowMs: 0 }).body
    })
    expect(bodies).toEqual([Uint8Array.of(1), Uint8Array.of(1)])
  })
})
