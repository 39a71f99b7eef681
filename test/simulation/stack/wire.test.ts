/** The byte streams between machines: when bytes arrive, what stops them, and how connections end. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { constant, uniform } from '../../../sim/distribution.ts'
import { Gate } from '../../../sim/gate.ts'
import { type LinkModel, localLink } from '../../../sim/link.ts'
import { slowReader } from '../../../sim/link-changes.ts'
import { garble } from '../../../sim/message-rules.ts'
import { clog, corrupt, hold, isolate, lose, refuse } from '../../../sim/rules.ts'
import { StreamWorld } from '../../../sim/stack/stream-world.ts'
import { chunksOf, sendAll } from '../../../sim/stack/wire/conversation.ts'
import type { Socket } from '../../../sim/stack/wire/socket.ts'

/** What a frame weighs besides its bytes. */
const headerBytes = 66
const frameBytes = 65_536
const latencyMs = 50
const link: LinkModel = { ...localLink, latency: constant(latencyMs * 1_000) }
const slowLink: LinkModel = { ...link, bytesPerSecond: 1_000_000 }

interface Scene {
  readonly world: StreamWorld
  readonly log: string[]
  /** The ends, once they are connected. */
  client(): Socket
  server(): Socket
  run(ms: number): Promise<void>
}

/** A client that connects to a server, and a log of what either is told. */
function sceneOf(model: LinkModel = link, seed = 1): Scene {
  const world = new StreamWorld({ seed, link: () => model })
  const log: string[] = []
  const ends: Socket[] = []
  const note = (who: string, socket: Socket): void => {
    const say = (what: string): void => void log.push(`${world.simulation.nowMs} ${who} ${what}`)
    socket
      .onClose((reason) => say(`closed: ${reason}`))
      .onEnd(() => say('end'))
      .onDrain(() => say('drain'))
  }
  world.addProgram('server', async ({ sockets }) => {
    sockets.listen(80, (socket) => {
      note('server', socket)
      socket.onData((bytes) => log.push(`${world.simulation.nowMs} server ${bytes.length}`))
      ends[1] = socket
    })
  })
  world.addProgram('client', async ({ sockets }) => {
    const socket = await sockets.connect('server', 80)
    note('client', socket)
    socket.onData((bytes) => log.push(`${world.simulation.nowMs} client ${bytes.length}`))
    ends[0] = socket
  })
  const end = (at: number) => (): Socket => {
    const socket = ends[at]
    if (socket === undefined) throw new Error('not connected')
    return socket
  }
  const run = async (ms: number): Promise<void> => void (await world.runUntil(ms))
  return { world, log, client: end(0), server: end(1), run }
}

/** Connected, at 1 s of virtual time. */
async function connected(model: LinkModel = link, seed = 1): Promise<Scene> {
  const scene = sceneOf(model, seed)
  await scene.run(1_000)
  scene.log.length = 0
  return scene
}

/** Lets something happen in an event of its own at a time. */
function at({ world }: Scene, ms: number, act: () => void): void {
  world.simulation.at(ms, act)
}

describe('time', () => {
  test('a connection takes a way there and a way back, and bytes one way', async () => {
    const scene = sceneOf()
    await scene.run(2 * latencyMs - 0.001)
    expect(() => scene.client()).toThrow('not connected')
    await scene.run(2 * latencyMs)
    scene.client().send(new Uint8Array(10))
    await scene.run(1_000)
    expect(scene.log).toEqual([`${3 * latencyMs} server 10`])
  })

  test('bytes take their time on a link of limited bandwidth, one after another', async () => {
    const scene = await connected(slowLink)
    at(scene, 2_000, () => {
      scene.client().send(new Uint8Array(9_934))
      scene.client().send(new Uint8Array(19_934))
    })
    await scene.run(3_000)
    // 10,000 and 20,000 bytes with their headers, at a thousand bytes a millisecond.
    expect(scene.log).toEqual(['2060 server 9934', '2080 server 19934'])
  })

  test('two connections between the same machines share their link', async () => {
    const world = new StreamWorld({ seed: 1, link: () => slowLink })
    const log: string[] = []
    world.addProgram('server', async ({ sockets }) => {
      for (const port of [80, 81]) {
        sockets.listen(port, (socket) => {
          socket.onData((bytes) => log.push(`${world.simulation.nowMs} ${port} ${bytes.length}`))
        })
      }
    })
    world.addProgram('client', async ({ sockets }) => {
      const ports = [80, 81].map((port) => sockets.connect('server', port))
      const both = await Promise.all(ports)
      await sleep(1_000)
      for (const socket of both) socket.send(new Uint8Array(9_934))
    })
    await world.runUntil(3_000)
    const [first = 0, second = 0] = log.map(Number.parseFloat)
    expect(second - first).toBeCloseTo(10)
    expect(log.map((line) => line.split(' ')[1])).toEqual(['80', '81'])
  })

  test('jitter does not change the order', async () => {
    const scene = await connected({ ...link, latency: uniform(1_000, 90_000) })
    at(scene, 2_000, () => {
      for (let size = 1; size <= 40; size += 1) scene.client().send(new Uint8Array(size))
    })
    await scene.run(3_000)
    const sizes = scene.log.map((line) => Number(line.split(' ').at(-1)))
    expect(sizes).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })
})

describe('back-pressure', () => {
  test('says when enough is on its way, and when there is room again', async () => {
    const scene = await connected(slowLink)
    const answers: boolean[] = []
    at(scene, 2_000, () => {
      for (let i = 0; i < 5; i += 1) answers.push(scene.client().send(new Uint8Array(frameBytes)))
    })
    await scene.run(3_000)
    expect(answers).toEqual([true, true, true, false, false])
    // Half of 256 KiB may be left: three frames of five have gone.
    const drained = 2_000 + (3 * (frameBytes + headerBytes)) / 1_000
    expect(scene.log.filter((line) => line.includes('drain'))).toEqual([`${drained} client drain`])
  })

  test('a receiver that does not read stops the sender, and all arrives when it reads again', async () => {
    const scene = await connected()
    at(scene, 2_000, () => {
      scene.server().pause()
      for (let i = 0; i < 3; i += 1) scene.client().send(new Uint8Array(frameBytes))
    })
    at(scene, 3_000, () => {
      for (let i = 0; i < 20; i += 1) scene.client().send(new Uint8Array(frameBytes))
    })
    await scene.run(4_000)
    expect(scene.log).toEqual([])
    expect(scene.server().unreadBytes).toBeLessThan(24 * frameBytes)
    at(scene, 5_000, () => scene.server().resume())
    await scene.run(6_000)
    const received = scene.log.filter((line) => line.includes('server'))
    expect(received).toHaveLength(23)
  })

  test('is waited for by whoever sends with a promise', async () => {
    const world = new StreamWorld({ seed: 1, link: () => slowLink })
    const megabyte = 1_000_000
    const done: string[] = []
    world.addProgram('server', async ({ sockets }) => {
      sockets.listen(80, async (socket) => {
        let bytes = 0
        for await (const chunk of chunksOf(socket)) bytes += chunk.length
        done.push(`${Math.floor(world.simulation.nowMs)} received ${bytes}`)
        socket.end()
      })
    })
    world.addProgram('client', async ({ sockets }) => {
      const socket = await sockets.connect('server', 80)
      for (let sent = 0; sent < megabyte; sent += 10_000) {
        await sendAll(socket, new Uint8Array(10_000))
      }
      done.push(`${Math.floor(world.simulation.nowMs)} sent`)
      socket.end()
    })
    await world.runUntil(10_000)
    // A second for the bytes, and three ways: to connect, and to arrive. What is sent has not all left.
    expect(done).toEqual(['945 sent', '1156 received 1000000'])
  })
})

describe('an end', () => {
  test('that is said by both is a quiet one, after all bytes', async () => {
    const scene = await connected()
    at(scene, 2_000, () => {
      scene.client().send(new Uint8Array(5))
      scene.client().end()
      expect(scene.client().send(new Uint8Array(5))).toBe(false)
    })
    at(scene, 2_500, () => {
      scene.server().send(new Uint8Array(7))
      scene.server().end()
    })
    await scene.run(3_000)
    expect(scene.log).toEqual([
      ...['2050 server 5', '2050 server end', '2500 server closed: ended'],
      ...['2550 client 7', '2550 client end', '2550 client closed: ended'],
    ])
  })

  test('waits for what has come and was not read yet', async () => {
    const scene = await connected()
    at(scene, 2_000, () => {
      scene.server().pause()
      scene.client().send(new Uint8Array(5))
      scene.client().end()
    })
    at(scene, 2_500, () => scene.server().end())
    at(scene, 3_000, () => scene.server().resume())
    await scene.run(4_000)
    expect(scene.log).toEqual([
      ...['2550 client end', '2550 client closed: ended'],
      ...['3000 server 5', '3000 server end', '3000 server closed: ended'],
    ])
  })

  test('by a reset comes at once here and a way later there, and drops what has not left', async () => {
    const scene = await connected(slowLink)
    at(scene, 2_000, () => {
      for (let i = 0; i < 5; i += 1) scene.client().send(new Uint8Array(frameBytes))
      scene.client().abort()
    })
    await scene.run(3_000)
    expect(scene.log[0]).toBe('2000 client closed: reset')
    expect(scene.log.filter((line) => line.includes('server closed'))).toHaveLength(1)
  })

  test('is told of to both by a device between them', async () => {
    const scene = await connected()
    at(scene, 2_000, () => scene.world.simulation.network.reset('client', 'server'))
    await scene.run(3_000)
    expect(scene.log.toSorted()).toEqual(['2000 client closed: reset', '2000 server closed: reset'])
    expect(scene.world.simulation.network.isConnected('client', 'server')).toBe(false)
  })

  test('is half of one where an end forgets it; the other learns of it when it speaks', async () => {
    const scene = await connected()
    const { network } = scene.world.simulation
    at(scene, 2_000, () => network.halfOpen('client', 'server'))
    at(scene, 9_000, () => scene.client().send(new Uint8Array(5)))
    await scene.run(8_000)
    expect([network.peersOf('client'), network.peersOf('server')]).toEqual([['server'], []])
    await scene.run(10_000)
    expect(scene.log).toEqual(['2000 server closed: reset', '9100 client closed: reset'])
  })

  test('comes of damage', async () => {
    const scene = await connected()
    const { simulation } = scene.world
    simulation.network.rules.add('damage', corrupt(1_000_000, simulation.random.fork('damage')))
    at(scene, 2_000, () => scene.client().send(new Uint8Array(5)))
    await scene.run(3_000)
    expect(scene.log.toSorted()).toEqual(['2000 client closed: reset', '2000 server closed: reset'])
  })
})

describe('loss', () => {
  test('is delay: all arrives, in order', async () => {
    const scene = await connected()
    const { simulation } = scene.world
    simulation.network.rules.add('loss', lose(300_000, simulation.random.fork('loss')))
    at(scene, 2_000, () => {
      for (let size = 1; size <= 50; size += 1) scene.client().send(new Uint8Array(size))
    })
    await scene.run(60_000)
    const sizes = scene.log.map((line) => Number(line.split(' ').at(-1)))
    expect(sizes).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    expect(Number.parseFloat(scene.log.at(-1) ?? '')).toBeGreaterThan(2_000 + latencyMs + 200)
    expect(simulation.network.counts.lost).toBeGreaterThan(5)
  })

  test('by nature is so too', async () => {
    const scene = await connected({ ...link, lossPerMillion: 200_000 }, 2)
    at(scene, 2_000, () => {
      for (let size = 1; size <= 50; size += 1) scene.client().send(new Uint8Array(size))
    })
    await scene.run(60_000)
    expect(scene.log).toHaveLength(50)
    expect(scene.world.simulation.network.counts.lost).toBeGreaterThan(2)
  })

  test('a partition holds what was sent until it is healed, and two seconds more at most', async () => {
    const scene = await connected()
    const { rules } = scene.world.simulation.network
    at(scene, 2_000, () => {
      rules.add('cut', isolate(['client']))
      scene.client().send(new Uint8Array(5))
      scene.server().send(new Uint8Array(6))
    })
    at(scene, 32_000, () => rules.remove('cut'))
    await scene.run(32_000)
    expect(scene.log).toEqual([])
    await scene.run(34_000 + latencyMs)
    expect(scene.log.map((line) => line.replace(/^\S+ /, '')).toSorted()).toEqual([
      'client 6',
      'server 5',
    ])
  })

  test('a partition without end is noticed by whoever has something to say, after two minutes', async () => {
    const scene = await connected()
    const { rules } = scene.world.simulation.network
    at(scene, 2_000, () => {
      rules.add('cut', isolate(['client']))
      scene.client().send(new Uint8Array(5))
    })
    await scene.run(300_000)
    expect(scene.log).toHaveLength(1)
    const [line = ''] = scene.log
    expect(line).toContain('client closed: timeout')
    expect(Number.parseFloat(line)).toBeGreaterThan(120_000)
    expect(Number.parseFloat(line)).toBeLessThan(125_000)
  })

  test('a clogged link holds everything, and lets it out at once', async () => {
    const scene = await connected()
    const { rules } = scene.world.simulation.network
    at(scene, 2_000, () => {
      rules.add('clog', clog(2_500_000))
      scene.client().send(new Uint8Array(5))
    })
    await scene.run(4_000)
    expect(scene.log).toEqual(['2550 server 5'])
  })

  test('a gate holds everything for any time, and then lets it out in order', async () => {
    const scene = await connected()
    const { rules } = scene.world.simulation.network
    const gate = new Gate()
    at(scene, 2_000, () => {
      rules.add('hold', hold(gate))
      for (const size of [5, 6, 7]) scene.client().send(new Uint8Array(size))
    })
    at(scene, 302_000, () => rules.remove('hold'))
    await scene.run(302_100)
    expect(scene.log).toEqual([])
    at(scene, 303_000, () => gate.open())
    await scene.run(304_000)
    expect(scene.log).toEqual(['303050 server 5', '303050 server 6', '303050 server 7'])
  })

  test('a link that is narrow for a while is slow for as long', async () => {
    const scene = await connected()
    const { linkChanges } = scene.world.simulation.network
    at(scene, 2_000, () => {
      linkChanges.add('reader', slowReader(['server'], 1_000))
      scene.client().send(new Uint8Array(934))
    })
    at(scene, 3_500, () => {
      linkChanges.remove('reader')
      scene.client().send(new Uint8Array(934))
    })
    await scene.run(4_000)
    expect(scene.log).toEqual(['3050 server 934', '3550 server 934'])
  })

  test('rules about messages are refused, since none can be seen', async () => {
    const { simulation } = (await connected()).world
    const rule = garble(1, simulation.random.fork('memory'))
    expect(() => simulation.network.rules.add('memory', rule)).toThrow('shows only bytes')
  })
})

describe('machines', () => {
  async function failureOf(host: string, befall: (world: StreamWorld) => void): Promise<string> {
    const world = new StreamWorld({ seed: 1, link: () => link })
    let failure = 'none'
    world.addProgram('server', async ({ sockets }) => void sockets.listen(80, () => {}))
    world.simulation.addHost('off')
    world.addProgram('client', async ({ sockets }) => {
      await sleep(100)
      const signal = AbortSignal.timeout(30_000)
      await sockets.connect(host, host === 'server' ? 80 : 81, { signal }).catch((error: Error) => {
        failure = `${error.name} ${(error as NodeJS.ErrnoException).code} at ${world.simulation.nowMs}`
      })
    })
    befall(world)
    await world.runUntil(200_000)
    return failure
  }

  test('answer a dial by a refusal where nobody listens, and not at all without power', async () => {
    expect(await failureOf('off', () => {})).toBe('SocketError ECONNREFUSED at 200')
    expect(await failureOf('nobody', () => {})).toBe('SocketError EHOSTUNREACH at 100')
    const crash = (notice: 'reset' | 'silence') => (world: StreamWorld) =>
      world.simulation.at(50, () => world.simulation.host('server').crash(notice))
    expect(await failureOf('server', crash('reset'))).toBe('SocketError ECONNREFUSED at 200')
    expect(await failureOf('server', crash('silence'))).toBe('TimeoutError 23 at 30100')
    const refusing = ({ simulation }: StreamWorld): void => {
      simulation.network.rules.add('refuse', refuse(['server']))
    }
    expect(await failureOf('server', refusing)).toBe('SocketError ECONNREFUSED at 100')
  })

  test('have so many descriptors, and neither dial nor accept beyond', async () => {
    const limited = (host: string) => (world: StreamWorld) =>
      world.simulation.network.limitConnections(host, 0)
    expect(await failureOf('server', limited('client'))).toBe('SocketError EMFILE at 100')
    expect(await failureOf('server', limited('server'))).toBe('SocketError ECONNREFUSED at 200')
  })

  test('have ports of their own, each for one listener', async () => {
    const world = new StreamWorld({ seed: 1 })
    const codes: unknown[] = []
    const listen = async ({ sockets }: Parameters<Parameters<StreamWorld['addProgram']>[1]>[0]) => {
      const first = sockets.listen(80, () => {})
      codes.push(first.local)
      try {
        sockets.listen(80, () => {})
      } catch (error) {
        codes.push((error as NodeJS.ErrnoException).code)
      }
      first.close()
      sockets.listen(80, () => {})
    }
    world.addProgram('a', listen)
    world.addProgram('b', listen)
    await world.runUntil(10)
    expect(codes).toEqual([
      ...[{ ip: '10.0.0.1', port: 80 }, 'EADDRINUSE'],
      ...[{ ip: '10.0.0.2', port: 80 }, 'EADDRINUSE'],
    ])
  })

  test('that crash reset their connections, if they still can', async () => {
    const scene = await connected()
    at(scene, 2_000, () => scene.world.simulation.host('server').crash())
    await scene.run(3_000)
    expect(scene.log).toEqual(['2050 client closed: reset'])
  })

  test('that lose power leave half of a connection, which is reset when they are back', async () => {
    const scene = await connected()
    const { simulation } = scene.world
    at(scene, 2_000, () => simulation.host('server').crash('silence'))
    at(scene, 10_000, () => scene.client().send(new Uint8Array(5)))
    at(scene, 20_000, () => simulation.host('server').boot())
    await scene.run(19_000)
    expect(scene.log).toEqual([])
    await scene.run(25_000)
    expect(scene.log).toHaveLength(1)
    expect(scene.log[0]).toMatch(/^2[01]\d{3}(\.\d+)? client closed: reset$/)
  })

  test('that are paused take nothing in, and miss nothing', async () => {
    const scene = await connected()
    const { simulation } = scene.world
    at(scene, 2_000, () => simulation.host('server').pause())
    at(scene, 2_100, () => scene.client().send(new Uint8Array(5)))
    at(scene, 9_000, () => simulation.host('server').resume())
    await scene.run(10_000)
    expect(scene.log).toEqual(['9000 server 5'])
  })
})

describe('a loop over what comes in', () => {
  async function toldBy(
    server: (socket: Socket, tell: (what: string) => void) => Promise<void>,
    client: (socket: Socket) => Promise<void>,
  ): Promise<readonly string[]> {
    const world = new StreamWorld({ seed: 1, link: () => link })
    const told: string[] = []
    world.addProgram('server', async ({ sockets }) => {
      sockets.listen(80, (socket) => void server(socket, (what) => told.push(what)))
    })
    world.addProgram('client', async ({ sockets }) => {
      const socket = await sockets.connect('server', 80)
      socket.onClose((reason) => told.push(`client closed: ${reason}`))
      await client(socket)
    })
    await world.runUntil(10_000)
    return told
  }

  test('throws when the connection breaks, after what had come before', async () => {
    const told = await toldBy(
      async (socket, tell) => {
        try {
          for await (const chunk of chunksOf(socket)) tell(`${chunk.length}`)
        } catch (error) {
          tell(`${(error as NodeJS.ErrnoException).code}`)
        }
      },
      async (socket) => {
        socket.send(new Uint8Array(3))
        await sleep(500)
        socket.abort()
      },
    )
    expect(told).toEqual(['3', 'client closed: reset', 'ECONNRESET'])
  })

  test('that is left breaks the connection', async () => {
    const told = await toldBy(
      async (socket, tell) => {
        for await (const chunk of chunksOf(socket)) {
          tell(`${chunk.length}`)
          break
        }
      },
      async (socket) => void socket.send(new Uint8Array(3)),
    )
    expect(told).toEqual(['3', 'client closed: reset'])
  })

  test('cannot be sent to any more once it broke', async () => {
    const told: string[] = []
    await toldBy(
      async (socket) => socket.abort(),
      async (socket) => {
        await sleep(500)
        await sendAll(socket, new Uint8Array(3)).catch((error: NodeJS.ErrnoException) => {
          told.push(`${error.code}`)
        })
      },
    )
    expect(told).toEqual(['ECONNRESET'])
  })
})
