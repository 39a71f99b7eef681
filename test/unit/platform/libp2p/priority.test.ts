/**
 * A vote on a link that large answers keep busy, over real sockets that somebody between slows down. What is looked
 * at is the order in which things arrive, not how long they take.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { streamPair } from '@libp2p/utils'
import { afterEach, expect, test } from 'vitest'
import { asciiBytes } from '../../../../src/base/bytes.ts'
import {
  FramedStream,
  frameTags,
  pieceBytes,
} from '../../../../src/platform/libp2p/framed-stream.ts'
import { RequestServer } from '../../../../src/platform/libp2p/request-server.ts'
import { openLibp2pNetwork, type PlatformNetwork } from '../../../../src/platform/network.ts'
import { recorder } from './receiver.ts'

const answerBytes = 2 * 1024 * 1024
const bytesPerSecond = 4_000_000
const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await sleep(2)
}

/** Hands on what one socket says to another, so many bytes a second. */
function slowly(from: Socket, to: Socket): void {
  from.on('data', (data) => {
    from.pause()
    setTimeout(
      () => {
        to.write(data)
        from.resume()
      },
      (1_000 * data.length) / bytesPerSecond,
    )
  })
  from.on('close', () => to.destroy())
  from.on('error', () => to.destroy())
}

async function slowDoorTo(address: string): Promise<string> {
  const [, , host = '', , port = '', , peer = ''] = address.split('/')
  const server: Server = createServer((near) => {
    const far = connect(Number(port), host)
    slowly(near, far)
    slowly(far, near)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closers.push(() => server.close())
  const bound = server.address()
  const door = typeof bound === 'object' && bound !== null ? bound.port : 0
  return `/ip4/${host}/tcp/${door}/p2p/${peer}`
}

async function open(seed: number): Promise<PlatformNetwork> {
  const network = await openLibp2pNetwork({
    seed: new Uint8Array(32).fill(seed),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    topics: ['votes'],
    protocols: ['/blocks/1'],
  })
  closers.push(() => network.close())
  return network
}

test('a vote overtakes large answers that were asked for before', async () => {
  const [server, asker] = [await open(1), await open(2)]
  const served = recorder()
  const heard = recorder()
  server.open(served.receiver)
  asker.open(heard.receiver)
  for (const each of [server, asker]) each.subscribe('votes')
  const door = await slowDoorTo(server.addresses()[0] ?? '')
  await new Promise((resolve) => asker.dial(door, resolve))
  await sleep(200)
  let answered = 0
  const request = { peer: server.self, protocol: '/blocks/1', body: asciiBytes('q') }
  const asked = Array.from({ length: 4 }, () =>
    asker.request({ ...request, deadlineMs: 30_000 }, () => {
      answered += 1
    }),
  )
  await until(() => served.requests.length === 4)
  for (const { answer } of served.requests) answer(new Uint8Array(answerBytes))
  await until(() => asked.some((open) => open.progress().bytes > 0))
  server.publish('votes', asciiBytes('aye'))
  await until(() => heard.gossip.length > 0)
  const ahead = asked.reduce((sum, open) => sum + open.progress().bytes, 0)
  // What was under way, of eight megabytes.
  expect(ahead).toBeLessThan(answerBytes)
  await until(() => answered === 4)
})

test('of all large answers to a peer no more than a piece is handed to the connection at a time', async () => {
  const limits = {
    ...{ bodyBytesMax: answerBytes, requestsMax: 100, requestsPerPeerMax: 100 },
    ...{ unsentBytesMax: 2 ** 30, unsentBytesPerPeerMax: 2 ** 30 },
    ...{ bodyMsMax: 10_000, answerMsMax: 1_000, refusalPauseMs: 0 },
  }
  const server = new RequestServer(({ body }, answer) => {
    answer(new Uint8Array(body[0] === 1 ? answerBytes : 10))
  }, limits)
  const lane = async (kind: number) => {
    const [near, far] = await streamPair()
    // As a multiplexer does whose peer has given it no window.
    Object.assign(far, { maxMessageSize: 0 })
    void server.serve(far, 'p', '/x/1')
    new FramedStream(near, { readMax: 100, writeMax: 100 }).send(
      frameTags.request,
      Uint8Array.of(kind),
    )
    return far
  }
  const large = [await lane(1), await lane(1), await lane(1)]
  const small = await lane(2)
  await until(() => small.writeBufferLength > 0)
  await until(() => large.some((far) => far.writeBufferLength > 0))
  await sleep(10)
  const unsent = large.map((far) => far.writeBufferLength)
  expect(unsent.toSorted((a, b) => a - b)).toEqual([0, 0, pieceBytes + 5])
})
