/** A host that writes down what its network tells it, for tests of the network's faults. */

import { addressOf } from '../../../sim/address.ts'
import { constant } from '../../../sim/distribution.ts'
import type { LinkModel } from '../../../sim/link.ts'
import { localLink } from '../../../sim/link.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { asciiBytes } from '../../../src/base/bytes.ts'
import type { Environment, Verdict } from '../../../src/kernel/environment.ts'

export interface Station {
  readonly name: string
  /** Of the present life. */
  environment: Environment
  /** 'up n1', 'down n1', 'hello from n1', 'request x from n1', each with '@<ms>'. */
  readonly log: string[]
  verdict: Verdict
  answers: boolean
}

/** 1 ms each way, nothing lost. */
export const plainLink: LinkModel = { ...localLink, latency: constant(1_000) }

export function openNetwork(count: number, link: LinkModel = plainLink) {
  const world = new Simulation({ seed: 'network', link: () => link })
  const stations = Array.from({ length: count }, (_, i) => addStation(world, `n${i}`))
  return { world, stations, network: world.network }
}

function addStation(world: Simulation, name: string): Station {
  const log: string[] = []
  const note = (text: string): void => {
    log.push(`${text}@${world.nowMs}`)
  }
  const lives: Environment[] = []
  const host = world.addHost(name)
  const station: { current: Station | undefined } = { current: undefined }
  host.boot((environment) => {
    lives.push(environment)
    if (station.current !== undefined) station.current.environment = environment
    environment.network.subscribe('news')
    environment.network.open({
      peerUp: (peer) => note(`up ${peer}`),
      peerDown: (peer) => note(`down ${peer}`),
      peerFound: (address) => note(`found ${address}`),
      gossip: (message, verdict) => {
        note(`${String.fromCharCode(...message.data)} from ${message.from}`)
        verdict(station.current?.verdict ?? 'accept')
      },
      request: (request, answer) => {
        note(`request ${String.fromCharCode(...request.body)} from ${request.from}`)
        if (station.current?.answers !== false) answer(request.body)
      },
    })
    return { stop: () => {} }
  })
  const [environment] = lives
  if (environment === undefined) throw new Error('the host boots')
  station.current = { name, environment, log, verdict: 'accept', answers: true }
  return station.current
}

/** The stations of `openNetwork`, for tests that know how many there are. */
export function nth(stations: readonly Station[], index: number): Station {
  const station = stations[index]
  if (station === undefined) throw new Error(`no station ${index}`)
  return station
}

/** Asks for a connection; what came of it is written into the log of the one who dials. */
export function dial(from: Station, to: string): void {
  from.environment.network.dial(addressOf(to), (outcome) => {
    const text = outcome.ok ? 'ok' : outcome.fault.code
    from.log.push(`dial ${to} ${text}@${from.environment.clock.now()}`)
  })
}

export function say(from: Station, text: string): void {
  from.environment.network.publish('news', asciiBytes(text))
}

export function ask(from: Station, to: string, text: string, deadlineMs = 5_000): void {
  const request = { peer: to, protocol: '/echo', body: asciiBytes(text), deadlineMs }
  from.environment.network.request(request, (outcome) => {
    const found = outcome.ok ? String.fromCharCode(...outcome.value) : outcome.fault.code
    from.log.push(`answer ${found} from ${to}@${from.environment.clock.now()}`)
  })
}
