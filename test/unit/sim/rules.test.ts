import { describe, expect, test } from 'vitest'
import { loseInBursts } from '../../../sim/burst-loss.ts'
import { bimodal, constant, uniform } from '../../../sim/distribution.ts'
import { Gate } from '../../../sim/gate.ts'
import type { LinkModel } from '../../../sim/link.ts'
import { narrow, onlyLinks, slowReader } from '../../../sim/link-changes.ts'
import { abortAnswers, garble, reorder, replay } from '../../../sim/message-rules.ts'
import { SimRandom } from '../../../sim/random.ts'
import {
  between,
  clog,
  type Flight,
  hold,
  only,
  RuleList,
  refuse,
  slow,
  slowHandshake,
} from '../../../sim/rules.ts'
import { drawSwizzle, swizzle } from '../../../sim/swizzle.ts'
import { ask, dial, nth, openNetwork, plainLink, say } from './station.ts'

const always = 1_000_000
const random = new SimRandom('rules')

/** Hosts one millisecond apart, each connected to `n0`; their logs are empty. */
function openStar(count = 2, link: LinkModel = plainLink) {
  const { world, stations, network } = openNetwork(count, link)
  for (let i = 1; i < count; i += 1) dial(nth(stations, 0), `n${i}`)
  world.runUntil(1_000)
  for (const station of stations) station.log.length = 0
  return { world, network, stations, a: nth(stations, 0), b: nth(stations, 1) }
}

function flightAt(atUs: number, from = 'n0'): Flight {
  return { kind: 'gossip', label: '', bytes: 1, from, to: 'n1', atUs }
}

describe('loss in bursts', () => {
  test('loses nothing in the good state, everything in the bad one, and stays in each as long as it says', () => {
    const bursts = { worsenPerMillion: 20_000, recoverPerMillion: 100_000 }
    const rates = { lossWhenGoodPerMillion: 0, lossWhenBadPerMillion: always }
    const rule = loseInBursts({ ...bursts, ...rates }, random.fork('bursts'))
    const fates = Array.from({ length: 20_000 }, (_, at) => rule(flightAt(at)).kind)
    const runs = fates.join(' ').match(/drop( drop)*/g) ?? []
    const lost = fates.filter((fate) => fate === 'drop').length
    // One in fifty begins a burst of ten: a sixth is lost, in bursts of ten on average.
    expect(lost / fates.length).toBeGreaterThan(0.12)
    expect(lost / fates.length).toBeLessThan(0.22)
    expect(lost / runs.length).toBeGreaterThan(8)
    expect(lost / runs.length).toBeLessThan(12)
    expect(rule({ ...flightAt(0), kind: 'close' }).kind).toBe('pass')
  })

  test('befalls each direction by a stream of its own', () => {
    const bursts = { worsenPerMillion: 300_000, recoverPerMillion: 300_000 }
    const rates = { lossWhenGoodPerMillion: 0, lossWhenBadPerMillion: always }
    const fatesOf = (isOtherBusy: boolean): readonly string[] => {
      const rule = loseInBursts({ ...bursts, ...rates }, new SimRandom('directions'))
      return Array.from({ length: 50 }, (_, at) => {
        if (isOtherBusy) rule(flightAt(at, 'n2'))
        return rule(flightAt(at)).kind
      })
    }
    expect(fatesOf(true)).toEqual(fatesOf(false))
    expect(new Set(fatesOf(true))).toEqual(new Set(['pass', 'drop']))
  })
})

describe('order', () => {
  test('of requests is kept, however much each of them is delayed', () => {
    const delays = [9_000, 1_000, 5_000]
    const { world, network, a, b } = openStar(2, {
      ...plainLink,
      latency: bimodal(constant(1_000), constant(7_000), 500_000),
    })
    network.rules.add('uneven', ({ kind }) =>
      kind === 'request' ? { kind: 'delay', us: delays.shift() ?? 0 } : { kind: 'pass' },
    )
    for (const text of ['one', 'two', 'three']) ask(a, 'n1', text)
    world.at(1_001, () => network.rules.clear())
    world.at(1_002, () => ask(a, 'n1', 'four'))
    world.runFor(100)
    const texts = b.log.map((line) => line.split(' ')[1])
    expect(texts).toEqual(['one', 'two', 'three', 'four'])
  })

  test('of gossip is lost by a rule, within its window, and of nothing else', () => {
    const { world, network, a, b } = openStar()
    network.rules.add('mix', reorder(500_000, uniform(1_000, 50_000), random.fork('mix')))
    for (let i = 10; i < 40; i += 1) {
      say(a, `${i}`)
      ask(a, 'n1', `${i}`)
    }
    world.runFor(100)
    const gossip = b.log.filter((line) => !line.startsWith('request'))
    const asked = b.log.filter((line) => line.startsWith('request')).map((line) => line.slice(8))
    expect(gossip).toHaveLength(30)
    expect(gossip).not.toEqual(gossip.toSorted())
    expect(asked).toEqual(asked.toSorted())
    const times = gossip.map((line) => Number(line.split('@')[1]))
    expect(Math.max(...times)).toBeLessThanOrEqual(1_051)
  })
})

describe('holding', () => {
  test('keeps everything until the gate opens; then it arrives at once, as it was sent', () => {
    const { world, network, a, b } = openStar(2, { ...plainLink, latency: uniform(1_000, 90_000) })
    const gate = new Gate()
    network.rules.add('hold', hold(gate))
    for (let i = 0; i < 5; i += 1) world.at(1_100 + i, () => ask(a, 'n1', `${i}`, 60_000))
    world.at(1_110, () => say(a, 'news'))
    world.at(29_000, () => network.rules.remove('hold'))
    world.runUntil(30_000)
    expect(b.log).toEqual([])
    expect(network.isConnected('n0', 'n1')).toBe(true)
    gate.open()
    ask(a, 'n1', 'later')
    world.runUntil(30_200)
    const held = ['0', '1', '2', '3', '4'].map((text) => `request ${text} from n0@30000`)
    expect(b.log.slice(0, 6)).toEqual([...held, 'news from n0@30000'])
    expect(b.log.at(-1)).toMatch(/^request later/)
  })

  test('lets a request end by its deadline, and what was held comes to nothing', () => {
    const { world, network, a, b } = openStar()
    const gate = new Gate()
    network.rules.add(
      'hold',
      only(({ kind }) => kind === 'answer', hold(gate)),
    )
    ask(a, 'n1', 'x', 50)
    world.runFor(100)
    gate.open()
    world.runFor(100)
    expect(a.log).toEqual(['answer timeout from n1@1050'])
    expect(b.log).toEqual(['request x from n0@1001'])
  })
})

describe('gossip from a neighbour that is not well', () => {
  /** Three hosts, each connected to both others. */
  function openRing() {
    const ring = openStar(3)
    dial(ring.b, 'n2')
    ring.world.runUntil(1_100)
    for (const { log } of ring.stations) log.length = 0
    return { ...ring, c: nth(ring.stations, 2) }
  }

  test('comes again long after, as if nobody had heard it, and goes round once more', () => {
    const { world, network, a, b, c } = openRing()
    const echo = replay(always, constant(500_000), 400_000, random)
    network.rules.add(
      'echo',
      only(({ from, to }) => from === 'n0' && to === 'n1', echo),
    )
    say(a, 'news')
    world.runUntil(1_200)
    network.rules.clear()
    world.runUntil(3_000)
    expect(b.log).toEqual(['news from n0@1101', 'news from n0@1601'])
    expect(c.log).toEqual(['news from n0@1101', 'news from n1@1602'])
    // Also to its author, who takes it for a stranger's.
    expect(a.log).toEqual(['news from n2@1603'])
    expect(network.counts.duplicated).toBe(1)
  })

  test('comes again twice, and is heard by nobody who has heard the first copy shortly before', () => {
    const { world, network, a, b, c } = openRing()
    const ages = [500_000, 600_000]
    const echo = (us: number) => replay(always, constant(us), 400_000, random)
    ages.forEach((us, index) => {
      network.rules.add(
        `echo-${us}`,
        only(({ from, to }) => from === 'n0' && to === `n${index + 1}`, echo(us)),
      )
    })
    say(a, 'news')
    world.runUntil(1_200)
    network.rules.clear()
    world.runUntil(3_000)
    expect(network.counts.duplicated).toBe(2)
    expect(b.log).toEqual(['news from n0@1101', 'news from n0@1601'])
    expect(c.log).toEqual(['news from n0@1101', 'news from n1@1602'])
    expect(a.log).toEqual(['news from n2@1603'])
  })

  test('comes as other bytes, while the true ones can be had of others', () => {
    const { world, network, a, b } = openRing()
    const text = 'the news of today'
    network.rules.add(
      'memory',
      only(({ from, to }) => from === 'n0' && to === 'n1', garble(always, random)),
    )
    b.verdict = 'reject'
    say(a, text)
    world.runFor(50)
    const [first = '', second = ''] = b.log
    expect(first).toContain(' from n0@1101')
    expect(first).not.toContain(text)
    expect(second).toBe(`${text} from n2@1102`)
    expect(network.rejectedBy('n1', 'n0')).toBe(1)
  })
})

describe('requests and answers', () => {
  test('are changed on their way, each for itself', () => {
    const text = 'a question of some length'
    const heard = (kind: 'request' | 'answer'): readonly string[] => {
      const { world, network, a, b } = openStar()
      network.rules.add(
        'memory',
        only((flight) => flight.kind === kind, garble(always, random)),
      )
      ask(a, 'n1', text)
      world.runFor(50)
      expect(network.isConnected('n0', 'n1')).toBe(true)
      return [...b.log, ...a.log]
    }
    const [asked = '', answered = ''] = heard('request')
    expect(asked).not.toContain(text)
    // The echo is of what was heard.
    expect(answered.split(' from')[0]?.slice(7)).toBe(asked.split(' from')[0]?.slice(8))
    const [askedWell = '', answeredBadly = ''] = heard('answer')
    expect(askedWell).toContain(text)
    expect(answeredBadly).not.toContain(text)
  })

  test('break off in the middle of an answer, of which half has come', () => {
    const { world, network, a } = openStar(2, { ...plainLink, bytesPerSecond: 1_000 })
    network.rules.add('break', abortAnswers(always, random))
    const body = new Uint8Array(100)
    const request = { peer: 'n1', protocol: '/echo', body, deadlineMs: 5_000 }
    const asked = a.environment.network.request(request, (outcome) => {
      a.log.push(outcome.ok ? 'answered' : outcome.fault.code)
    })
    world.runFor(1_000)
    expect(a.log).toEqual(['closed'])
    expect(asked.progress().bytes).toBe(50)
    expect(network.isConnected('n0', 'n1')).toBe(true)
  })
})

describe('connections', () => {
  test('are refused by hosts that a rule names, at once', () => {
    const { world, stations, network } = openNetwork(3)
    network.rules.add('refuse', refuse(['n1']))
    const a = nth(stations, 0)
    for (const name of ['n1', 'n2']) dial(a, name)
    world.runUntil(20_000)
    expect(a.log).toEqual(['dial n1 refused@0', 'up n2@2', 'dial n2 ok@2'])
  })

  test('take long, or too long, to come about', () => {
    for (const [us, expected] of [
      [3_000_000, 'dial n1 ok@6002'],
      [6_000_000, 'dial n1 timeout@10000'],
    ] as const) {
      const { world, stations, network } = openNetwork(2)
      network.rules.add('slow', slowHandshake(us))
      dial(nth(stations, 0), 'n1')
      world.runUntil(20_000)
      expect(nth(stations, 0).log).toContain(expected)
    }
  })

  test('stand still, one of them, with all that is on it', () => {
    const { world, network, stations, a } = openStar(3)
    network.rules.add('stall', only(between(['n0'], ['n1']), clog(5_000_000)))
    for (const name of ['n1', 'n2']) ask(a, name, name, 60_000)
    say(a, 'news')
    world.runUntil(4_999)
    expect(nth(stations, 1).log).toEqual([])
    expect(nth(stations, 2).log).toHaveLength(2)
    world.runUntil(5_010)
    expect(nth(stations, 1).log).toHaveLength(2)
  })
})

describe('a swizzle', () => {
  test('stops some hosts up one by one, and frees them one by one in another order', () => {
    const hosts = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']
    const plans = Array.from({ length: 40 }, (_, seed) => {
      const plan = drawSwizzle(hosts, 10_000, new SimRandom(`${seed}`))
      const begins = plan.map(({ fromMs }) => fromMs)
      const ends = plan.map(({ untilMs }) => untilMs)
      expect(new Set(begins).size).toBe(plan.length)
      expect(new Set(ends).size).toBe(plan.length)
      expect(Math.max(...begins)).toBeLessThan(Math.min(...ends))
      expect(Math.max(...ends)).toBe(10_000)
      const byEnd = plan.toSorted((x, y) => x.untilMs - y.untilMs).map(({ host }) => host)
      return { size: plan.length, isSameOrder: byEnd.join() === plan.map((one) => one.host).join() }
    })
    expect(new Set(plans.map(({ size }) => size)).size).toBe(6)
    expect(plans.filter(({ size, isSameOrder }) => size > 3 && isSameOrder).length).toBeLessThan(4)
  })

  test('holds what its hosts say and hear meanwhile, and leaves no rule behind', () => {
    const { world, network, stations, a } = openStar(3)
    swizzle(world, 'swizzle', [
      { host: 'n1', fromMs: 0, untilMs: 3_000 },
      { host: 'n2', fromMs: 1_000, untilMs: 2_000 },
    ])
    world.runFor(1_500)
    expect(network.rules.names).toEqual(['swizzle n1', 'swizzle n2'])
    say(a, 'news')
    world.runFor(5_000)
    expect(nth(stations, 2).log).toEqual(['news from n0@3001'])
    expect(nth(stations, 1).log).toEqual(['news from n0@4001'])
    expect(network.rules.names).toEqual([])
  })
})

describe('changes of links', () => {
  test('narrow a link while they are in force, drop what would wait too long, and leave it as it was', () => {
    const { world, network, a, b } = openStar()
    // Twenty bytes take twenty milliseconds.
    network.linkChanges.add('narrow', narrow(1_000, 50))
    const sayAll = (texts: string): void => {
      for (const letter of texts) say(a, letter.repeat(20))
    }
    sayAll('abcde')
    world.runFor(1_000)
    expect(b.log.map((line) => line[0])).toEqual(['a', 'b', 'c'])
    expect(b.log.at(-1)).toContain('@1061')
    network.linkChanges.remove('narrow')
    sayAll('fghij')
    world.runFor(1)
    expect(b.log).toHaveLength(8)
  })

  test('lie on top of each other, on links old and new, whichever ends first', () => {
    const { network, world } = openStar()
    const seen = (): string => {
      const pace = [0, 0]
      network.linkChanges.add('look', (model, from, to) => {
        if (from === 'n0' && to === 'n1') pace[0] = model.bytesPerSecond
        if (from === 'n1' && to === 'n0') pace[1] = model.bytesPerSecond
        return model
      })
      network.linkChanges.remove('look')
      return pace.join(' ')
    }
    network.linkChanges.add(
      'first',
      onlyLinks((from) => from === 'n0', narrow(5_000, 10)),
    )
    network.linkChanges.add('second', slowReader(['n1', 'n0'], 900))
    expect(seen()).toBe('900 900')
    network.linkChanges.remove('first')
    expect(seen()).toBe('900 900')
    network.setLink('n0', 'n1', { ...plainLink, bytesPerSecond: 70 })
    expect(seen()).toBe('70 900')
    network.linkChanges.clear()
    expect(seen()).toBe('70 0')
    expect(() => {
      for (const _ of [0, 1]) network.linkChanges.add('twice', narrow(1, 1))
    }).toThrow('one change of links named twice')
    expect(world.network.linkChanges.names).toEqual(['twice'])
  })
})

test('where only bytes can be seen a rule about messages is refused, also if it is narrowed', () => {
  const rules = new RuleList('bytes', () => undefined)
  rules.add('slow', only(between(['a'], ['b']), slow(1)))
  for (const rule of [
    reorder(1, constant(1), random),
    replay(1, constant(1), 1, random),
    abortAnswers(1, random),
    only(({ to }) => to === 'a', garble(1, random)),
  ]) {
    expect(() => rules.add('news', rule)).toThrow('news is about messages')
  }
  expect(rules.names).toEqual(['slow'])
})
