/** Each record names what it follows from: within a machine, across the network, through pauses, crashes and faults. */
import { describe, expect, test } from 'vitest'
import { addressOf } from '../../../../sim/address.ts'
import { constant } from '../../../../sim/distribution.ts'
import { drawFaults, unleash } from '../../../../sim/fault-plan.ts'
import { Gate } from '../../../../sim/gate.ts'
import { localLink } from '../../../../sim/link.ts'
import { replay } from '../../../../sim/message-rules.ts'
import { never } from '../../../../sim/property.ts'
import { hold, isolate, slow } from '../../../../sim/rules.ts'
import { Simulation } from '../../../../sim/simulation.ts'
import { type Story, tellStory } from '../../../../sim/story.ts'
import type { RecordKind, TraceRecord } from '../../../../sim/trace/record.ts'
import { Tracer } from '../../../../sim/trace/tracer.ts'
import { asciiBytes } from '../../../../src/base/bytes.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { type Program, startProgram } from '../../../../src/kernel/program.ts'
import { restarting } from '../../../../src/kernel/supervisor.ts'
import type { System } from '../../../../src/kernel/system.ts'

type Message = { readonly kind: 'say' | 'ask' } | { readonly kind: 'hear'; readonly text: string }
type Heard = { readonly kind: 'heard'; readonly text: string }

/** Says what it is told to, and tells what it hears and is answered, the latter after having written it down. */
const parrot: Program<Heard> = (system, { network, store }) => {
  const to = system.root.spawn<Message>('parrot', { waitingMax: 9 }, (context) => {
    let said = 0
    const tell = context.bind((text: string) => context.emit({ kind: 'heard', text }))
    return {
      receive: (message) => {
        if (message.kind === 'say') {
          said += 1
          network.publish('news', asciiBytes(`${network.self} ${said}`))
        } else if (message.kind === 'hear') tell(message.text)
        else {
          const body = asciiBytes('question')
          network.request({ peer: 'b', protocol: 'q', body, deadlineMs: 500 }, () => {
            store.commit({ writes: [], durable: true }, () => tell('answer'))
          })
        }
      },
    }
  })
  parrots.set(network.self, { system, to })
  network.subscribe('news')
  network.dial(addressOf('b'), () => undefined)
  return {
    gossip: ({ data }, verdict) => {
      system.send(to, { kind: 'hear', text: String.fromCharCode(...data) })
      verdict('accept')
    },
    request: ({ body }, answer) => answer(body),
  }
}
const parrots = new Map<string, { system: System<Heard>; to: Address<Message> }>()
const onHeard = { current: (): void => undefined }

/** Two machines, a millisecond apart, that know each other by now. */
function open(tracer?: Tracer) {
  const link = { ...localLink, latency: constant(1_000) }
  const world = new Simulation({ seed: 'trace', link: () => link, ...(tracer && { tracer }) })
  const hosts = ['b', 'a'].map((name) => world.addHost(name))
  for (const host of hosts) {
    host.boot((environment) => {
      const event = (): void => onHeard.current()
      const readers = [host.turns(), { event }]
      const settings = { readers, policy: restarting(3, 60_000), onFailure: () => undefined }
      return startProgram(parrot, environment, settings)
    })
  }
  const tell = (name: string, kind: 'say' | 'ask'): void => {
    const found = parrots.get(name)
    if (found !== undefined) found.system.send(found.to, { kind })
  }
  world.runUntil(100)
  return { world, tell }
}

function traced() {
  const tracer = new Tracer()
  const { world, tell } = open(tracer)
  return { world, tell, tracer }
}

/** The last record of this kind at this machine. */
function last<Kind extends RecordKind>(tracer: Tracer, kind: Kind, node: string) {
  const found = tracer.records.findLast((each) => each.kind === kind && each.node === node)
  if (found === undefined) throw new Error(`no ${kind} at ${node}`)
  return found as Extract<TraceRecord, { readonly kind: Kind }>
}

/** Each record from this one back to its root, as 'node kind detail'. */
function causesOf(tracer: Tracer, from: TraceRecord): readonly string[] {
  const list: string[] = []
  for (let at: TraceRecord | undefined = from; at !== undefined; ) {
    const { kind, node } = at
    const more =
      'message' in at ? at.message : 'change' in at ? at.change : 'way' in at ? at.way : ''
    list.push(`${node} ${kind} ${more}`.trim())
    at = at.cause === undefined ? undefined : tracer.records[at.cause]
  }
  return list
}

describe('what happens on a machine follows from', () => {
  test('a message of another machine, and that from what sent it', () => {
    const { world, tell, tracer } = traced()
    world.at(200, () => tell('a', 'say'))
    world.runUntil(300)
    const heard = last(tracer, 'event', 'b')
    expect(heard).toMatchObject({
      atUs: 201_000,
      actor: 'parrot',
      event: 'heard',
      facts: 'text="a 1"',
    })
    expect(causesOf(tracer, heard)).toEqual([
      ...['b event', 'b turn continue', 'b turn hear', 'b arrival gossip', 'a turn say'],
    ])
    expect(last(tracer, 'arrival', 'b')).toMatchObject({
      from: 'a',
      sentUs: 200_000,
      bytes: 3,
      what: 'news',
    })
  })

  test('an answer, and then the disk', () => {
    const { world, tell, tracer } = traced()
    world.at(200, () => tell('a', 'ask'))
    world.runUntil(300)
    expect(causesOf(tracer, last(tracer, 'event', 'a'))).toEqual([
      ...['a event', 'a turn continue', 'a arrival answer', 'b arrival request', 'a turn ask'],
    ])
  })

  test('the beginning of the process, and that from the crash', () => {
    const { world, tracer } = traced()
    world.host('a').crash()
    world.host('a').restartAfter(50)
    world.runUntil(400)
    expect(causesOf(tracer, last(tracer, 'turn', 'a'))).toEqual([
      ...['a turn start', 'a machine booted', 'a machine crashed', 'a machine booted'],
    ])
    expect(last(tracer, 'arrival', 'b')).toMatchObject({ way: 'connection', what: 'up' })
  })

  test('what has sent a message, even if a pause held it up', () => {
    const { world, tell, tracer } = traced()
    world.at(200, () => tell('a', 'say'))
    world.at(200, () => world.host('b').pause())
    world.at(300, () => world.host('b').resume())
    world.runUntil(400)
    const heard = last(tracer, 'event', 'b')
    expect(heard.atUs).toBe(300_000)
    expect(causesOf(tracer, heard).slice(-2)).toEqual(['b arrival gossip', 'a turn say'])
    expect(last(tracer, 'arrival', 'b').sentUs).toBe(200_000)
    expect(last(tracer, 'machine', 'b').change).toBe('resumed')
  })
})

describe('a fault', () => {
  test('is named by the loss of what its rule takes', () => {
    const { world, tell, tracer } = traced()
    world.at(200, () => world.network.rules.add('apart', isolate(['a'])))
    world.at(210, () => tell('a', 'say'))
    world.at(220, () => world.network.rules.remove('apart'))
    world.runUntil(300)
    const fault = last(tracer, 'fault', '')
    expect(fault).toMatchObject({ atUs: 200_000, fault: 'rule', facts: 'name=apart' })
    const loss = last(tracer, 'loss', 'a')
    expect(loss).toMatchObject({ to: 'b', way: 'gossip', by: 'rule', fault: fault.id })
    expect(causesOf(tracer, loss)).toEqual(['a loss gossip', 'a turn say'])
    expect(last(tracer, 'mend', '')).toMatchObject({ atUs: 220_000, fault: fault.id })
  })

  test('may take what was under way, as a crash does', () => {
    const { world, tell, tracer } = traced()
    world.at(200, () => tell('a', 'say'))
    world.at(200.5, () => world.host('b').crash())
    world.runUntil(300)
    const loss = last(tracer, 'loss', 'a')
    expect(loss).toMatchObject({ to: 'b', way: 'gossip', by: 'gone', atUs: 201_000 })
    expect(causesOf(tracer, loss)).toEqual(['a loss gossip', 'a turn say'])
  })

  test('is named by the arrival of what its rule held up', () => {
    const { world, tell, tracer } = traced()
    const gate = new Gate()
    const late = (rule: () => void): unknown => {
      rule()
      tell('a', 'say')
      gate.open()
      world.runFor(100)
      world.network.rules.clear()
      return last(tracer, 'arrival', 'b').fault
    }
    expect(late(() => world.network.rules.add('held', hold(gate)))).toBe(
      last(tracer, 'fault', '').id,
    )
    expect(late(() => world.network.rules.add('slow', slow(9)))).toBe(last(tracer, 'fault', '').id)
    expect(late(() => undefined)).toBeUndefined()
  })

  test('is named by what comes once more, and not by what came before', () => {
    const { world, tell, tracer } = traced()
    world.network.rules.add('again', replay(1_000_000, constant(50_000), 40_000, world.random))
    tell('a', 'say')
    world.runFor(200)
    const arrivals = tracer.records.filter(({ kind, node, atUs }) => {
      return kind === 'arrival' && node === 'b' && atUs > 100_000
    })
    expect(arrivals.map((each) => each.kind === 'arrival' && each.fault)).toEqual([
      ...[undefined, last(tracer, 'fault', '').id],
    ])
  })

  test('is what the crash of a plan follows from', () => {
    const { world, tracer } = traced()
    unleash(world, [{ kind: 'crash', atMs: 50, forMs: 20, host: 'b' }])
    world.runUntil(300)
    const [fault, crash, boot] = tracer.records.filter(
      ({ kind, atUs }) => (kind === 'fault' || kind === 'machine') && atUs > 100_000,
    )
    expect(fault).toMatchObject({ kind: 'fault', node: 'b', fault: 'crash', forUs: 20_000 })
    expect(crash).toMatchObject({ change: 'crashed', cause: fault?.id })
    expect(boot).toMatchObject({ change: 'booted', cause: crash?.id, atUs: 170_000 })
  })
})

/** What is known of a run besides. */
const about = {
  ...{ scenario: 'parrots', seed: 1, command: '', commit: '', outcome: 'held', digest: '' },
  endUs: 100_000,
}

/** A parrot alone is told to speak; nobody may hear it. */
const lonely: Story<Heard> = {
  name: 'lonely',
  properties: [never('nobody is heard', ({ event }) => event.kind === 'heard')],
  tell: (stage) => {
    for (const name of ['b', 'a']) stage.boot(stage.world.addHost(name), parrot)
    stage.world.at(200, () => {
      const { system, to } = parrots.get('a') ?? {}
      if (system !== undefined && to !== undefined) system.send(to, { kind: 'say' })
    })
    stage.runUntil(300)
  },
}

test('a story is told to a tracer as it is without, and why it is broken is known', () => {
  const tracer = new Tracer()
  const run = tellStory(lonely, 1, { tracer })
  expect(run).toEqual(tellStory(lonely, 1))
  expect(run.violation?.property).toBe('nobody is heard')
  const violation = last(tracer, 'violation', 'b')
  expect(causesOf(tracer, violation)).toEqual([
    ...['b violation', 'b event', 'b turn continue', 'b turn hear'],
    ...['b arrival gossip', 'a turn say'],
  ])
})

describe('a tracer', () => {
  test('changes nothing, whatever befalls the world', () => {
    const digest = (tracer?: Tracer): string => {
      const { world, tell } = open(tracer)
      unleash(
        world,
        drawFaults(world.random.fork('faults'), { hosts: ['a', 'b'], durationMs: 60_000 }),
      )
      for (let ms = 200; ms < 60_000; ms += 700)
        world.at(ms, () => tell('a', ms % 3 === 0 ? 'ask' : 'say'))
      world.runUntil(70_000)
      return `${world.digest.hex()} ${world.events} ${world.hosts.map(({ timers }) => timers)}`
    }
    const tracer = new Tracer()
    expect(digest(tracer)).toBe(digest())
    const kinds = new Set(tracer.records.map(({ kind }) => kind))
    expect([...kinds]).toEqual(
      expect.arrayContaining(['arrival', 'loss', 'fault', 'machine', 'turn']),
    )
    expect(tracer.records.every(({ id, cause = -1 }) => cause < id)).toBe(true)
  })

  test('keeps the newest, and counts all', () => {
    const tracer = new Tracer({ recordsMax: 4 })
    open(tracer)
    const { records } = tracer
    const { header } = tracer.traceOf(about)
    expect(header).toMatchObject({ ...about, nodes: ['b', 'a'] })
    const { recordsInAll } = header
    expect(recordsInAll).toBeGreaterThan(4)
    expect(records.length).toBeLessThanOrEqual(4)
    expect(records.length).toBeGreaterThanOrEqual(2)
    expect(records.at(-1)?.id).toBe(recordsInAll - 1)
    expect(records.map(({ id }) => id - (records[0]?.id ?? 0))).toEqual([...records.keys()])
  })

  test('blames a violation on what happened just now, or on nothing', () => {
    const { world, tell, tracer } = traced()
    onHeard.current = () => tracer.violation('silence', 'somebody is heard')
    world.at(200, () => tell('a', 'say'))
    world.runUntil(300)
    onHeard.current = () => undefined
    tracer.violation('speech', 'nobody speaks')
    const [one, other] = tracer.records.filter(({ kind }) => kind === 'violation')
    expect(one).toMatchObject({ cause: last(tracer, 'event', 'b').id, node: 'b' })
    expect(other).toMatchObject({ cause: undefined, node: '', property: 'speech' })
  })
})
