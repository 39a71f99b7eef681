/** One run: three replicas and three clients, half a minute of faults, and then enough time to recover. */
import { localLink, type Story, uniform } from 'alys/sim'
import { client } from './client.ts'
import type { CounterEvent } from './messages.ts'
import { propertiesOf } from './properties.ts'
import { type Bug, replica } from './replica.ts'

const replicas = ['r1', 'r2', 'r3']
const clients = ['c1', 'c2', 'c3']
const incrementsEach = 40

const chaosMs = 30_000
/** Enough for all increments anew, one after another. */
const recoveryMs = 30_000

/** Now and then a message is lost or comes twice, without any fault. */
const link = {
  ...localLink,
  latency: uniform(1_000, 40_000),
  lossPerMillion: 5_000,
  duplicatePerMillion: 20_000,
}
/** A sync takes as long as it does on a busy disk, so that the power may well fail during one. */
const disk = { read: uniform(50, 200), write: uniform(10, 50), sync: uniform(5_000, 100_000) }

export function counterStory(bug: Bug | undefined): Story<CounterEvent> {
  return {
    name: 'replicated-counter',
    properties: propertiesOf(replicas, clients.length * incrementsEach),
    world: () => ({ link: () => link }),
    tell: (stage) => {
      const { world } = stage
      for (const name of replicas) {
        const others = replicas.filter((other) => other !== name)
        stage.boot(world.addHost(name, { disk }), replica(others, bug))
      }
      for (const name of clients) stage.boot(world.addHost(name), client(replicas, incrementsEach))
      stage.unleash({ hosts: replicas, durationMs: chaosMs })
      stage.runUntil(chaosMs)
      stage.heal()
      stage.runFor(recoveryMs)
    },
  }
}
