import { describe, expect, test } from 'vitest'
import { constant, uniform } from '../../../sim/distribution.ts'
import type { LinkModel } from '../../../sim/link.ts'
import { SimRandom } from '../../../sim/random.ts'
import {
  clog,
  corrupt,
  cutOneWay,
  isolate,
  lose,
  only,
  partition,
  slow,
} from '../../../sim/rules.ts'
import { ask, dial, nth, openNetwork, plainLink, type Station, say } from './station.ts'

/** Two connected hosts, one millisecond apart; their logs are empty. */
function openPair(link: LinkModel = plainLink) {
  const { world, stations, network } = openNetwork(2, link)
  const [a, b] = [nth(stations, 0), nth(stations, 1)]
  dial(a, 'n1')
  world.runUntil(1_000)
  expect(network.isConnected('n0', 'n1')).toBe(true)
  a.log.length = 0
  b.log.length = 0
  return { world, network, a, b }
}

function countOf(log: readonly string[], text: string): number {
  return log.filter((line) => line.startsWith(text)).length
}

describe('finding', () => {
  test('a network finds what it is made to find, and tells that host alone', () => {
    const { world, stations, network } = openNetwork(2)
    const [a, b] = [nth(stations, 0), nth(stations, 1)]
    world.at(3, () => network.find('n0', 'sim:anywhere'))
    world.runUntil(100)
    expect([a.log, b.log]).toEqual([['found sim:anywhere@3'], []])
  })

  test('a host that is down finds nothing, and nothing of it when it is up again', () => {
    const { world, stations, network } = openNetwork(1)
    const a = nth(stations, 0)
    world.at(1, () => world.host('n0').crash())
    world.at(2, () => network.find('n0', 'sim:anywhere'))
    world.at(3, () => world.host('n0').boot())
    world.runUntil(100)
    expect(a.log).toEqual([])
  })
})

describe('dialling', () => {
  test('takes one flight there and one back', () => {
    const { world, stations } = openNetwork(2)
    const [a, b] = [nth(stations, 0), nth(stations, 1)]
    dial(a, 'n1')
    world.runUntil(100)
    expect(a.log).toEqual(['up n1@2', 'dial n1 ok@2'])
    expect(b.log).toEqual(['up n0@2'])
  })

  test('a host that is down refuses', () => {
    const { world, stations } = openNetwork(2)
    const a = nth(stations, 0)
    world.host('n1').crash()
    dial(a, 'n1')
    world.runUntil(100)
    expect(a.log).toEqual(['dial n1 refused@2'])
  })

  test('a host that goes down while it is being dialled refuses', () => {
    const { world, stations } = openNetwork(2)
    const a = nth(stations, 0)
    dial(a, 'n1')
    world.at(1.5, () => world.host('n1').crash())
    world.runUntil(100)
    expect(a.log).toEqual(['dial n1 refused@2'])
  })

  test('over a cut it times out, whichever way is cut', () => {
    for (const rule of [cutOneWay(['n0'], ['n1']), cutOneWay(['n1'], ['n0'])]) {
      const { world, stations, network } = openNetwork(2)
      const a = nth(stations, 0)
      network.rules.add('cut', rule)
      dial(a, 'n1')
      world.runUntil(20_000)
      expect(a.log).toEqual(['dial n1 timeout@10000'])
      expect(nth(stations, 1).log).toEqual([])
    }
  })

  test('a host without descriptors dials nobody and takes nobody, and keeps whom it has', () => {
    const { world, stations, network } = openNetwork(4)
    const [a, b, c] = [nth(stations, 0), nth(stations, 1), nth(stations, 2)]
    dial(a, 'n1')
    world.runUntil(100)
    network.limitConnections('n0', 1)
    dial(a, 'n2')
    dial(c, 'n0')
    dial(b, 'n0')
    world.runUntil(200)
    expect(a.log.slice(2)).toEqual(['dial n2 unreachable@100'])
    expect(c.log).toEqual(['dial n0 refused@102'])
    expect(b.log.at(-1)).toBe('dial n0 ok@100')
    network.limitConnections('n0', undefined)
    dial(c, 'n0')
    world.runUntil(300)
    expect(network.peersOf('n0')).toEqual(['n1', 'n2'])
  })

  test('two hosts that dial each other at the same time get one connection', () => {
    const { world, stations } = openNetwork(2)
    const [a, b] = [nth(stations, 0), nth(stations, 1)]
    dial(a, 'n1')
    dial(b, 'n0')
    world.runUntil(100)
    expect(a.log.toSorted()).toEqual(['dial n1 ok@2', 'up n1@2'])
    expect(b.log.toSorted()).toEqual(['dial n0 ok@2', 'up n0@2'])
  })
})

describe('the nature of links', () => {
  test('loss drops gossip, and lets requests time out', () => {
    const { world, a, b } = openPair({ ...plainLink, lossPerMillion: 300_000 })
    for (let i = 0; i < 200; i += 1) {
      say(a, `word ${i}`)
      ask(a, 'n1', `${i}`, 500)
    }
    world.runFor(5_000)
    const heard = countOf(b.log, 'word')
    expect(heard).toBeGreaterThan(110)
    expect(heard).toBeLessThan(170)
    const timeouts = countOf(a.log, 'answer timeout')
    // Lost on the way there or back: 1 - 0.7².
    expect(timeouts).toBeGreaterThan(70)
    expect(timeouts).toBeLessThan(135)
    expect(countOf(a.log, 'answer')).toBe(200)
  })

  test('duplicates arrive and are not delivered again', () => {
    const { world, network, a, b } = openPair({ ...plainLink, duplicatePerMillion: 1_000_000 })
    say(a, 'once')
    world.runFor(100)
    expect(network.counts.duplicated).toBe(1)
    expect(b.log).toHaveLength(1)
  })

  test('gossip overtakes by its latency, and further by reordering; requests do not', () => {
    const late = { reorderPerMillion: 500_000, reorderDelay: constant(50_000) }
    const { world, a, b } = openPair({ ...plainLink, latency: uniform(1_000, 9_000), ...late })
    for (let i = 0; i < 20; i += 1) {
      say(a, `word ${i}`)
      ask(a, 'n1', `${i}`)
    }
    world.runFor(200)
    const order = (prefix: string): readonly number[] =>
      b.log
        .filter((line) => line.startsWith(prefix))
        .map((line) => Number(line.slice(prefix.length).split(/[ @]/)[1]))
    const words = order('word')
    const requests = order('request')
    expect(words).toHaveLength(20)
    expect(words).not.toEqual(words.toSorted((x, y) => x - y))
    expect(requests).toEqual(Array.from({ length: 20 }, (_, i) => i))
    const slowest = b.log
      .filter((line) => line.startsWith('word'))
      .map((line) => Number(line.split('@')[1]))
    expect(Math.max(...slowest)).toBeGreaterThan(1_050)
  })

  test('unordered links let requests overtake as well', () => {
    const { world, a, b } = openPair({
      ...plainLink,
      latency: uniform(1_000, 9_000),
      isOrdered: false,
    })
    for (let i = 0; i < 20; i += 1) ask(a, 'n1', `${i + 10}`)
    world.runFor(200)
    const order = b.log.map((line) => line.slice(8, 10))
    expect(order).toHaveLength(20)
    expect(order).not.toEqual(order.toSorted())
  })

  test('bandwidth serialises what is put on a link', () => {
    const { world, a, b } = openPair({ ...plainLink, bytesPerSecond: 1_000 })
    for (const text of ['a', 'b', 'c']) say(a, text.repeat(100))
    world.runFor(1_000)
    expect(b.log.map((line) => line.split('@')[1])).toEqual(['1101', '1201', '1301'])
  })

  test('what would wait too long for the bandwidth is dropped', () => {
    const { world, network, a, b } = openPair({
      ...plainLink,
      bytesPerSecond: 1_000,
      backlogMsMax: 250,
    })
    for (const text of ['a', 'b', 'c', 'd', 'e']) say(a, text.repeat(100))
    world.runFor(5_000)
    expect(b.log).toHaveLength(3)
    expect(network.counts.lost).toBe(2)
  })

  test('a link can be given a character of its own, one way', () => {
    const { world, network, a, b } = openPair()
    network.setLink('n0', 'n1', { ...plainLink, latency: constant(70_000) })
    say(a, 'slowly')
    say(b, 'quickly')
    world.runFor(500)
    expect(b.log).toEqual(['slowly from n0@1070'])
    expect(a.log).toEqual(['quickly from n1@1001'])
  })
})

describe('partitions', () => {
  test('a connection that is cut carries nothing and breaks after ten seconds, at both ends', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('split', partition([['n0'], ['n1']]))
    say(a, 'unheard')
    ask(b, 'n0', 'unanswered', 60_000)
    world.runFor(9_900)
    expect([a.log, b.log]).toEqual([[], []])
    world.runFor(2_000)
    expect(a.log).toEqual(['down n1@11000'])
    expect(b.log).toEqual(['answer closed from n0@11000', 'down n0@11000'])
  })

  test('a cut that heals in time breaks nothing', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('split', isolate(['n0']))
    world.runFor(9_000)
    network.rules.remove('split')
    world.runFor(20_000)
    say(a, 'hello')
    world.runFor(100)
    expect(b.log).toEqual(['hello from n0@30001'])
    expect(a.log).toEqual([])
  })

  test('one way cut: the other way still carries, until both ends give up', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('half', cutOneWay(['n0'], ['n1']))
    say(a, 'unheard')
    say(b, 'heard')
    world.runFor(12_000)
    expect(a.log).toEqual(['heard from n1@1001', 'down n1@11000'])
    expect(b.log).toEqual(['down n0@11000'])
  })

  test('hosts of one side, and hosts in no group, still reach each other', () => {
    const { world, stations, network } = openNetwork(4)
    network.rules.add('split', partition([['n0', 'n1'], ['n2']]))
    for (const to of ['n1', 'n2', 'n3']) dial(nth(stations, 0), to)
    dial(nth(stations, 2), 'n3')
    world.runUntil(20_000)
    const outcome = (i: number) => nth(stations, i).log.filter((line) => line.startsWith('dial'))
    expect(outcome(0)).toEqual(['dial n1 ok@2', 'dial n3 ok@2', 'dial n2 timeout@10000'])
    expect(outcome(2)).toEqual(['dial n3 ok@2'])
  })

  test('after the break the hosts can find each other again', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('split', isolate(['n1']))
    world.runFor(15_000)
    network.rules.clear()
    dial(b, 'n0')
    world.runFor(100)
    expect(network.isConnected('n0', 'n1')).toBe(true)
    expect(a.log).toEqual(['down n1@11000', 'up n1@16002'])
  })
})

describe('rules', () => {
  test('the first that does not let pass decides', () => {
    const { world, network, a, b } = openPair()
    network.rules.add(
      'slow',
      only(({ kind }) => kind === 'gossip', slow(5_000)),
    )
    network.rules.add('cut', isolate(['n0']))
    say(a, 'delayed, not cut')
    ask(a, 'n1', 'cut', 50)
    world.runFor(100)
    expect(b.log).toEqual(['delayed, not cut from n0@1006'])
    expect(a.log).toEqual(['answer timeout from n1@1050'])
  })

  test('have names, of which each is given once, and are taken away by them', () => {
    const { network } = openPair()
    network.rules.add('one', slow(1))
    network.rules.add('two', slow(2))
    expect(() => network.rules.add('one', slow(3))).toThrow('one rule named one')
    network.rules.remove('one')
    network.rules.remove('unknown')
    expect(network.rules.names).toEqual(['two'])
  })

  test('a clog lets everything go at once when it ends', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('clog', clog(1_500_000))
    for (const text of ['one', 'two']) say(a, text)
    world.at(1_200, () => say(a, 'three'))
    world.runUntil(2_000)
    expect(b.log.map((line) => line.split('@')[1])).toEqual(['1501', '1501', '1501'])
  })

  test('loss by a rule spares connections', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('loss', lose(1_000_000, new SimRandom('1')))
    say(a, 'lost')
    ask(a, 'n1', 'lost', 100)
    world.runFor(30_000)
    expect([a.log, b.log]).toEqual([['answer timeout from n1@1100'], []])
    expect(network.isConnected('n0', 'n1')).toBe(true)
  })

  test('a damaged message breaks the connection that carries it', () => {
    for (const send of [
      (from: ReturnType<typeof openPair>['a']) => say(from, 'x'),
      (from: ReturnType<typeof openPair>['a']) => ask(from, 'n1', 'x'),
    ]) {
      const { world, network, a, b } = openPair()
      network.rules.add('noise', corrupt(1_000_000, new SimRandom('1')))
      send(a)
      world.runFor(100)
      expect(a.log).toContain('down n1@1000')
      expect(b.log).toEqual(['down n0@1001'])
    }
  })
})

describe('broken connections', () => {
  test('one that is half open is known to one end, which learns of its end by the keep-alive', () => {
    const { world, network, a, b } = openPair()
    network.halfOpen('n0', 'n1')
    say(a, 'into the void')
    ask(a, 'n1', 'void', 60_000)
    world.runFor(9_000)
    expect([a.log, b.log]).toEqual([[], ['down n0@1000']])
    expect(network.peersOf('n0')).toEqual(['n1'])
    expect(network.isConnected('n0', 'n1')).toBe(false)
    world.runFor(5_000)
    expect(a.log).toEqual(['answer closed from n1@11000', 'down n1@11000'])
  })

  test('one that is half open gives way to a new one', () => {
    const { world, network, a, b } = openPair()
    network.halfOpen('n0', 'n1')
    dial(b, 'n0')
    world.runFor(15_000)
    expect(network.isConnected('n0', 'n1')).toBe(true)
    expect(a.log).toEqual(['down n1@1002', 'up n1@1002'])
  })

  test('a reset is seen by both ends, and nothing in flight arrives', () => {
    const { world, network, a, b } = openPair()
    say(a, 'in flight')
    ask(b, 'n0', 'in flight')
    network.reset('n0', 'n1')
    world.runFor(100)
    expect(a.log).toEqual(['down n1@1000'])
    expect(b.log).toEqual(['answer closed from n0@1000', 'down n0@1000'])
  })

  test('the far end of a connection that was closed across a cut learns of it by its timeout', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('cut', cutOneWay(['n0'], ['n1']))
    a.environment.network.disconnect('n1')
    world.runFor(5_000)
    expect([a.log, b.log]).toEqual([['down n1@1000'], []])
    expect(network.isConnected('n0', 'n1')).toBe(false)
    expect(network.peersOf('n1')).toEqual(['n0'])
    world.runFor(7_000)
    expect(b.log).toEqual(['down n0@11000'])
  })

  test('a new connection replaces what is left of an old one', () => {
    const { world, network, a, b } = openPair()
    network.rules.add('cut', cutOneWay(['n0'], ['n1']))
    a.environment.network.disconnect('n1')
    world.runFor(1_000)
    network.rules.clear()
    dial(a, 'n1')
    world.runFor(100)
    expect(b.log).toEqual(['down n0@2002', 'up n0@2002'])
    world.runFor(30_000)
    expect(network.isConnected('n0', 'n1')).toBe(true)
    expect(b.log).toHaveLength(2)
  })
})

describe('crashes', () => {
  test('what is in flight from and to a crashed host vanishes, and neighbours are reset', () => {
    const { world, a, b } = openPair()
    say(a, 'never heard')
    say(b, 'vanishes with its sender')
    ask(a, 'n1', 'never answered')
    world.host('n1').crash()
    world.runFor(100)
    expect(a.log).toEqual(['answer closed from n1@1001', 'down n1@1001'])
    expect(b.log).toEqual([])
  })

  test('a machine that dies in silence is missed after ten seconds', () => {
    const { world, a } = openPair()
    world.host('n1').crash('silence')
    world.runFor(9_000)
    expect(a.log).toEqual([])
    world.runFor(2_000)
    expect(a.log).toEqual(['down n1@11000'])
  })

  test('a machine that is back earlier resets connections that it knows nothing of', () => {
    const { world, network, a, b } = openPair()
    world.host('n1').crash('silence')
    world.host('n1').restartAfter(3_000)
    world.runFor(4_000)
    expect(a.log).toEqual(['down n1@4001'])
    dial(b, 'n0')
    world.runFor(20_000)
    expect(network.isConnected('n0', 'n1')).toBe(true)
  })

  test('a stopped process says goodbye', () => {
    const { world, a } = openPair()
    world.host('n1').stop()
    world.runFor(100)
    expect(a.log).toEqual(['down n1@1001'])
  })

  test('a new life has seen nothing: it hears again what its former self heard', () => {
    for (const isCrashed of [false, true]) {
      const { world, stations } = openNetwork(3)
      const [a, b, c] = [nth(stations, 0), nth(stations, 1), nth(stations, 2)]
      dial(a, 'n1')
      world.runFor(10)
      say(a, 'news')
      world.runFor(10)
      if (isCrashed) {
        world.host('n1').crash()
        world.host('n1').boot()
      }
      dial(b, 'n2')
      world.runFor(10)
      say(c, 'news')
      world.runFor(10)
      expect(countOf(b.log, 'news')).toBe(isCrashed ? 2 : 1)
    }
  })
})

describe('pauses', () => {
  test('everything waits for a paused host, and nothing is lost', () => {
    const { world, a, b } = openPair()
    world.host('n1').pause()
    for (const text of ['one', 'two']) say(a, text)
    ask(a, 'n1', 'three', 60_000)
    world.runFor(30_000)
    expect([a.log, b.log]).toEqual([[], []])
    world.host('n1').resume()
    world.runFor(10)
    expect(b.log).toEqual(['one from n0@31000', 'two from n0@31000', 'request three from n0@31000'])
    expect(a.log).toEqual(['answer three from n1@31001'])
  })

  test('a paused host is reached by a dial when it goes on, if that is soon', () => {
    const { world, stations } = openNetwork(2)
    const a = nth(stations, 0)
    world.host('n1').pause()
    dial(a, 'n1')
    world.runFor(3_000)
    world.host('n1').resume()
    world.runFor(100)
    expect(a.log).toEqual(['up n1@3001', 'dial n1 ok@3001'])
  })

  test('a connection that broke during the pause is learned of afterwards, behind what came before', () => {
    const { world, a, b } = openPair()
    world.host('n1').pause()
    say(a, 'last words')
    world.runFor(100)
    a.environment.network.disconnect('n1')
    world.runFor(100)
    world.host('n1').resume()
    world.runFor(100)
    expect(b.log.map((line) => line.split('@')[0])).toEqual(['last words from n0', 'down n0'])
  })
})

describe('verdicts', () => {
  test('a neighbour whose gossip is rejected is counted', () => {
    const { world, network, a, b } = openPair()
    b.verdict = 'reject'
    for (const text of ['false', 'wrong']) say(a, text)
    world.runFor(100)
    expect(network.rejectedBy('n1', 'n0')).toBe(2)
    expect(network.rejectedBy('n0', 'n1')).toBe(0)
  })

  test('flooding reaches every host of a ring once, by both ways round', () => {
    const { world, stations, network } = openNetwork(9)
    for (const [i, station] of stations.entries()) dial(station, `n${(i + 1) % 9}`)
    world.runUntil(100)
    const sentBefore = network.counts.sent
    say(nth(stations, 0), 'round')
    world.runFor(100)
    expect(stations.map((station) => countOf(station.log, 'round'))).toEqual([
      0, 1, 1, 1, 1, 1, 1, 1, 1,
    ])
    // Two from the first, one from each other.
    expect(network.counts.sent - sentBefore).toBe(10)
  })
})

describe('a neighbour that is favoured', () => {
  /** n0 – n1 – n2: what n0 says reaches n2 if n1 passes it on. */
  function heardAtTheEnd(favours: (n1: Station, n2: Station) => void): boolean {
    const { world, stations } = openNetwork(3)
    const [n0, n1, n2] = [nth(stations, 0), nth(stations, 1), nth(stations, 2)]
    for (const each of stations) each.environment.network.subscribe('news')
    dial(n0, 'n1')
    dial(n2, 'n1')
    world.runFor(100)
    favours(n1, n2)
    say(n0, 'hello')
    world.runFor(1_000)
    return n2.log.some((line) => line.includes('hello'))
  }

  test('by both hears what is passed on, as it does when nobody favours anybody', () => {
    expect(heardAtTheEnd(() => undefined)).toBe(true)
    const both = (n1: Station, n2: Station): void => {
      n1.environment.network.favour('n2', true)
      n2.environment.network.favour('n1', true)
    }
    expect(heardAtTheEnd(both)).toBe(true)
  })

  test('but does not favour in return passes on nothing: it is no ordinary neighbour any more', () => {
    expect(heardAtTheEnd((_n1, n2) => n2.environment.network.favour('n1', true))).toBe(false)
  })
})

describe('bounds', () => {
  test('too many requests that wait are refused', () => {
    const { world, a, b } = openPair()
    b.answers = false
    for (let i = 0; i < 4_100; i += 1) ask(a, 'n1', 'x', 100)
    world.runFor(1_000)
    expect(countOf(a.log, 'answer refused')).toBe(4)
    expect(countOf(a.log, 'answer timeout')).toBe(4_096)
    ask(a, 'n1', 'x', 100)
    world.runFor(1_000)
    expect(countOf(a.log, 'answer timeout')).toBe(4_097)
  })

  test('gossip that is too large is counted and not sent', () => {
    const { world, network, a, b } = openPair()
    a.environment.network.publish('news', new Uint8Array(16 * 1_024 + 1))
    world.runFor(100)
    expect(network.counts.oversize).toBe(1)
    expect(b.log).toEqual([])
  })
})
