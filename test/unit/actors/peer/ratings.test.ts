import { beforeEach, describe, expect, test } from 'vitest'
import { minute, PeerStage } from './scene.ts'

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
  scene.spawn()
})

function told(): readonly (readonly [peer: string, conduct: number, isFavoured: boolean])[] {
  return scene.network.of('rate').map(({ peer, conduct, isFavoured }) => {
    return [peer, conduct, isFavoured] as const
  })
}

describe('the network is told', () => {
  test('nothing of a stranger that keeps the rules', () => {
    scene.meet('a')
    scene.stage.run(5 * minute)
    expect(told()).toEqual([])
  })

  test('how a peer behaved as soon as that is known, and again as it is forgotten', () => {
    for (const peer of ['x', 'y', 'z', 'w']) scene.meet(peer)
    scene.meet('a')
    scene.report('a', 'invalid')
    expect(told()).toEqual([['a', -20, false]])
    scene.report('a', 'invalid')
    expect(told().at(-1)).toEqual(['a', -40, false])
    scene.stage.run(10 * minute)
    const [, last = 0] = told().at(-1) ?? []
    expect(last).toBeGreaterThan(-23)
    expect(last).toBeLessThan(-18)
    // Each whole number once, and nothing else.
    const downwards = told().slice(1)
    expect(new Set(downwards.map(String)).size).toBe(downwards.length)
  })

  test('of an old offender as soon as it is back, before it has shown a status', () => {
    scene.meet('a')
    scene.report('a', 'invalid', 2)
    scene.leave('a')
    scene.network.clear()
    scene.arrive('a')
    expect(told()).toEqual([['a', -40, false]])
  })

  test('that a federation peer is favoured once it has proven to be one, and no longer when it is not', () => {
    scene.arrive('m')
    expect(told()).toEqual([])
    scene.ready('m', 'federation')
    expect(told()).toEqual([['m', 0, true]])
    scene.ready('m', 'regular')
    expect(told().at(-1)).toEqual(['m', 0, false])
  })

  test('nothing bad of a federation peer', () => {
    scene.meet('m', 'federation')
    scene.report('m', 'forged')
    expect(told()).toEqual([['m', 0, true]])
  })

  test('of nobody to be favoured by a node that only follows, since nobody favours it', () => {
    scene = new PeerStage()
    scene.spawn({}, false)
    scene.meet('m', 'federation')
    expect(told()).toEqual([])
  })

  test('all of it anew when the network was restarted', () => {
    scene.meet('m', 'federation')
    scene.network.clear()
    scene.send({ kind: 'network-opened' })
    scene.meet('m', 'federation')
    expect(told()).toEqual([['m', 0, true]])
  })
})
