import { beforeEach, describe, expect, test } from 'vitest'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import type { NetworkMessage } from '../../../../src/actors/network/messages.ts'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import type { Command } from '../../../../src/actors/sync/download/command.ts'
import type { Transfer } from '../../../../src/actors/sync/monitor/bandwidth.ts'
import { Transfers } from '../../../../src/actors/sync/transfers.ts'
import { present } from '../../../../src/base/assert.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import type { ProvenSegment } from '../../../../src/proof/proven-segment.ts'
import type { ValidatedRun } from '../../../../src/proof/validated-run.ts'
import { encodeBody } from '../../../../src/protocol/block/body.ts'
import type { TrustedPlace } from '../../../../src/protocol/chain.ts'
import { Prover } from '../../../support/actors/prover.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'
import { blocks, chain, federation, importFault, pairAt } from './scene.ts'

type SyncCommand = Command<ProvenSegment, ValidatedRun>

/** To the actor that has them carried out. */
interface Perform {
  readonly kind: 'perform'
  readonly commands: readonly SyncCommand[]
}

const prover = new Prover(federation, blocks)
const end = pairAt(8)
const patience = {
  ...{ deadlineMs: 1_000, stallMs: 1_000, bytesPerSecondMin: 1 },
  ...{ extensionMs: 500, deadlineMsMax: 4_000 },
}
const fetch = { id: 7, peer: 'a', patience }
const certifiedRequest = { fromHeight: 8, strideHeights: 8, countMax: 2 }
const headersRequest = { fromHeight: 1, countMax: 8 }
const bodiesRequest = { fromHeight: 1, countMax: 8, bytesMax: 1_000_000 }
const fetches: readonly SyncCommand[] = [
  { kind: 'fetch-certified', ...fetch, request: certifiedRequest },
  { kind: 'fetch-headers', ...fetch, request: headersRequest },
  { kind: 'fetch-bodies', ...fetch, request: bodiesRequest },
]

let stage: Stage
let chainActor: Probe<ChainMessage>
let network: Probe<NetworkMessage>
let peers: Probe<PeerMessage>
let owner: Address<Perform>
/** What was brought back: by which method, for which command, and what. */
let brought: (readonly [string, number, unknown])[]
/** What else was told. */
let told: unknown[]
/** What the downloads say to a run that was not taken. */
let isLost: boolean

beforeEach(() => {
  open()
})

function open(trusted: readonly TrustedPlace[] = []): void {
  stage = new Stage({ scheme: federation.scheme })
  chainActor = stage.probe('chain')
  network = stage.probe('network')
  peers = stage.probe('peer')
  brought = []
  told = []
  isLost = false
  const bring =
    (method: string) =>
    (id: number, answer: unknown): void =>
      void brought.push([method, id, answer])
  owner = stage.spawn<Perform>('sync', (context) => {
    const parts = {
      ...{ chain, verifier: stage.environment.verifier, context, trusted },
      ...{ chainActor: chainActor.address, network: network.address, peers: peers.address },
      imported: () => told.push('imported'),
      received: ({ protocol, direction, bytes }: Transfer) =>
        told.push([protocol, direction, bytes]),
      validated: (blocks: number) => told.push(['validated', blocks]),
      distrusted: (peer: string) => told.push(['distrusted', peer]),
      lost: () => told.push('lost'),
      moved: () => told.push('moved'),
    }
    const transfers = new Transfers(parts, {
      certified: bring('certified'),
      verified: bring('verified'),
      headers: bring('headers'),
      proven: bring('proven'),
      bodies: bring('bodies'),
      validated: bring('validated'),
      imported: (id, outcome) => {
        brought.push(['imported', id, outcome])
        return isLost
      },
    })
    return { receive: ({ commands }) => transfers.perform(commands) }
  })
}

function perform(...commands: readonly SyncCommand[]): void {
  stage.send(owner, { kind: 'perform', commands })
  stage.run(50)
}

/** Proves the headers of heights 1 to 8, whose end was verified before. */
function proveFirst(id: number): void {
  perform({ kind: 'verify', id: id - 1, certified: [end] })
  const headers = prover.range(1, 8).map(({ signed }) => signed)
  const { certificate } = end
  perform({ kind: 'prove', id, parent: chain.genesis, headers, certificate })
}

describe('requests', () => {
  test('are handed to the network as they are, and what it answers comes back by their id', () => {
    for (const [i, command] of fetches.entries()) {
      network.clear()
      brought = []
      perform(command)
      const [asked] = network.received
      expect(asked).toMatchObject(command)
      const value = { served: { kind: 'busy', retryAfterMs: 9 }, bytes: 10 * (i + 1) } as const
      const answer = ok({ ...value, firstByteMs: 1, elapsedMs: 2 })
      if (asked !== undefined && 'patience' in asked) asked.reply(answer)
      stage.run(10)
      const method = command.kind.slice('fetch-'.length)
      expect(brought).toEqual([[method, 7, answer]])
      expect(told).toContainEqual([`/alys/${method}/1`, 'down', 10 * (i + 1)])
      expect(told.at(-1)).toBe('moved')
    }
  })

  test('that failed are told of, unless it was this node that gave them up', () => {
    for (const code of ['timeout', 'cancelled'] as const) {
      perform(fetches[1] ?? expect.unreachable())
      const asked = network.of('fetch-headers').at(-1)
      asked?.reply(failed({ code, detail: 'because' }))
      stage.run(10)
      expect(brought.at(-1)).toMatchObject(['headers', 7, { ok: false, fault: { code } }])
    }
    expect(stage.reports('transfer-failed')).toMatchObject([
      { what: 'fetch-headers', peer: 'a', fromHeight: 1, code: 'timeout', detail: 'because' },
    ])
  })

  test('that went with a life of the network itself are nobody’s fault', () => {
    network.react(() => {
      throw new Error('struck')
    })
    perform(fetches[1] ?? expect.unreachable())
    expect(brought).toMatchObject([['headers', 7, { ok: false, fault: { code: 'cancelled' } }]])
    expect(stage.reports('transfer-failed')).toEqual([])
  })

  test('that the network itself never answers come back as a timeout, once', () => {
    perform(fetches[2] ?? expect.unreachable())
    stage.run(patience.deadlineMsMax + 1_900)
    expect(brought).toEqual([])
    stage.run(200)
    expect(brought).toMatchObject([['bodies', 7, { ok: false, fault: { code: 'timeout' } }]])
    const late = { served: { kind: 'found', value: [] }, bytes: 1 } as const
    network.of('fetch-bodies')[0]?.reply(ok({ ...late, firstByteMs: 1, elapsedMs: 2 }))
    stage.run(10)
    expect(brought).toHaveLength(1)
  })

  test('are given up by their id', () => {
    perform({ kind: 'cancel', id: 7 })
    expect(network.received).toEqual([{ kind: 'cancel-fetch', id: 7 }])
  })
})

describe('checks', () => {
  test('of certificates say which is forged, if one is', () => {
    const forged = { ...pairAt(16).certificate, signature: new Uint8Array(96) }
    perform({ kind: 'verify', id: 3, certified: [pairAt(8), pairAt(16)] })
    perform({
      ...{ kind: 'verify', id: 4 },
      certified: [pairAt(8), { ...pairAt(16), certificate: forged }],
    })
    expect(brought).toEqual([
      ['verified', 3, { forgedAt: undefined }],
      ['verified', 4, { forgedAt: 1 }],
    ])
  })

  test('of headers give a segment, or say whose fault it is that they are none', () => {
    proveFirst(6)
    expect(brought.at(-1)).toMatchObject(['proven', 6, { ok: true, value: { headers: {} } }])
    expect(stage.reports('segment-proven')).toMatchObject([{ fromHeight: 1, count: 8 }])
    const headers = prover.range(2, 8).map(({ signed }) => signed)
    const { certificate } = end
    perform({ kind: 'prove', id: 7, parent: chain.genesis, headers, certificate })
    const fault = { code: 'not-linked', culprit: 'headers' }
    expect(brought.at(-1)).toEqual(['proven', 7, failed(fault)])
  })

  test('of headers can be repeated: the author may not have signed them', () => {
    proveFirst(6)
    const headers = prover.range(1, 8).map(({ signed }) => signed)
    const { certificate } = end
    perform({ kind: 'prove', id: 9, parent: chain.genesis, headers, certificate })
    expect(brought.at(-1)).toMatchObject(['proven', 9, { ok: true }])
  })

  test('of headers that leave out a trusted block find nobody at fault who sent them', () => {
    open([{ height: 5, hash: 'aa'.repeat(32) }])
    proveFirst(6)
    expect(brought.at(-1)).toEqual([
      'proven',
      6,
      failed({ code: 'not-trusted', culprit: 'history' }),
    ])
    expect(stage.reports('segment-proven')).toEqual([])
    expect(peers.received).toEqual([])
  })

  test('of bodies give a run of those that are sound, and name who gave the first that is not', () => {
    const segment = prover.segment(0, 8)
    const bodies = prover.range(1, 8).map(({ body }) => encodeBody(body))
    perform({ kind: 'validate', id: 5, segment, fromHeight: 1, bodies })
    expect(brought).toMatchObject([['validated', 5, { run: { fromHeight: 1 }, fault: undefined }]])
    expect(told).toContainEqual(['validated', bodies.length])
    const spoilt = bodies.with(3, Uint8Array.of(1))
    perform({ kind: 'validate', id: 6, segment, fromHeight: 1, bodies: spoilt })
    const [, , outcome] = brought.at(-1) ?? expect.unreachable()
    expect(outcome).toMatchObject({ fault: { code: 'length', culprit: 'bodies' } })
    expect((outcome as { run: ValidatedRun }).run.toHeight).toBe(3)
  })
})

describe('runs', () => {
  const run = prover.run(prover.segment(0, 8), 1, 8)
  const status = {
    ...{ committed: prover.placeAt(8), head: prover.placeAt(8), certified: pairAt(8) },
    ...{ isVoting: false, isGateOpen: false },
  }

  function answered(answer: Parameters<typeof giveBack>[0]): void {
    perform({ kind: 'import', id: 9, run })
    giveBack(answer)
    stage.run(10)
  }

  function giveBack(answer: typeof status | string): void {
    const asked = present(chainActor.of('import-run').at(-1), 'a run')
    asked.reply(typeof answer === 'string' ? failed(importFault(answer)) : ok(status))
  }

  test('are given to the chain; when they are durable, everybody is told', () => {
    answered(status)
    expect(chainActor.of('import-run')[0]?.run).toBe(run)
    expect(brought).toEqual([['imported', 9, ok(undefined)]])
    expect(told).toEqual(['imported', 'moved'])
    expect(stage.reports('run-imported')).toMatchObject([{ fromHeight: 1, count: 8 }])
  })

  test('that the chain does not take come back with its reason', () => {
    answered('execution-invalid')
    expect(brought).toMatchObject([['imported', 9, { fault: { code: 'execution-invalid' } }]])
    expect(told).toEqual(['moved'])
    expect(stage.reports('run-refused')).toMatchObject([
      { fromHeight: 1, code: 'execution-invalid', detail: 'because' },
    ])
    expect(peers.received).toEqual([])
  })

  test('that show that the chain stands elsewhere have that looked into', () => {
    isLost = true
    answered('gap')
    expect(told).toEqual(['lost', 'moved'])
  })

  test('that the chain never answers for come back as a timeout', () => {
    perform({ kind: 'import', id: 9, run })
    stage.run(60_100)
    expect(brought).toMatchObject([['imported', 9, { ok: false, fault: { code: 'timeout' } }]])
  })
})

describe('what is said of peers', () => {
  test('reaches the peer actor; what cannot be read was reported by whoever read it', () => {
    perform(
      { kind: 'blame', peer: 'a', fault: 'forged' },
      { kind: 'blame', peer: 'b', fault: 'malformed' },
      {
        ...{ kind: 'measured', peer: 'c', outcome: 'served', bytes: 5 },
        ...{ elapsedMs: 6, firstByteMs: 2 },
      },
    )
    expect(peers.received).toEqual([
      { kind: 'report-peer', peer: 'a', offence: 'forged' },
      {
        ...{ kind: 'report-service', peer: 'c', outcome: 'served', bytes: 5 },
        ...{ elapsedMs: 6, firstByteMs: 2 },
      },
    ])
  })

  test('that it has another history does not', () => {
    perform({ kind: 'distrust', peer: 'a' })
    expect(told).toEqual([['distrusted', 'a']])
    expect(peers.received).toEqual([])
  })
})
