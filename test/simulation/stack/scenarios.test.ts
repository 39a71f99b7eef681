/** Scenarios with whole nodes on the real libp2p: told as on the model, and the same way each time. */
import { afterEach, describe, expect, test } from 'vitest'
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { Job } from '../../../src/cli/sim/job.ts'
import { runJob } from '../../../src/cli/sim/run.ts'
import { type PlantedTree, type Planting, plantTree, runAlys } from '../../support/planted-tree.ts'

let tree: PlantedTree | undefined
afterEach(() => tree?.remove())

function planted(planting: Planting): string {
  tree = plantTree([planting])
  return tree.folder
}

const job = (scenario: string, seed = 1): Job => ({
  ...{ scenario, seed },
  crypto: 'ideal',
  network: 'stack',
})

describe('on the stack', () => {
  // One of them: all are told by `npm run sweep:stack`, with this seed.
  test('partition-then-heal holds', async () => {
    const { outcome, failure, height } = await runJob(job('partition-then-heal'))
    expect([outcome, failure]).toEqual(['held', undefined])
    expect(height).toBeGreaterThan(5)
  })

  test('a run is another than on the model, and the same after others in one process', async () => {
    const begun = { untilMs: 20_000 }
    const first = await runJob(job('leader-isolated', 2), begun)
    expect(first.height).toBeGreaterThan(0)
    await runJob(job('calm', 2), begun)
    const again = await runJob(job('leader-isolated', 2), begun)
    expect({ ...again, wallMs: 0 }).toEqual({ ...first, wallMs: 0 })
    const model = await runJob({ ...job('leader-isolated', 2), network: 'model' }, begun)
    expect(model.digest).not.toBe(first.digest)
  })

  test('real signatures come with Noise', async () => {
    const real = { ...job('one-crash-of-three'), crypto: 'real' } as const
    const { outcome, failure, height } = await runJob(real, { untilMs: 29_000 })
    expect([outcome, failure]).toEqual(['held', undefined])
    // More than there can be before the crash at 20 s: the two that are left go on.
    expect(height).toBeGreaterThan(10)
  })

  test('what only the model can tell is refused, with the reason', async () => {
    const reason = scenarios.find(({ name }) => name === 'deaf-follower')?.modelOnly ?? ''
    await expect(runJob(job('deaf-follower'))).rejects.toThrow(reason)
    const { stdout, code } = await runAlys(['sim', 'deaf-follower', '--network', 'stack'])
    expect(stdout).toContain(`deaf-follower  ${reason}`)
    expect(code).toBe(2)
  })
})

describe('bugs of the network adapter that the model cannot have', () => {
  const cases: readonly (Planting & { readonly what: string; readonly scenario: string })[] = [
    {
      what: 'a connection that is lost, and nobody is told',
      scenario: 'partition-then-heal',
      file: 'src/platform/network.ts',
      from: '    if (this.#peers.disconnected(peer)) this.#deliveries.peerDown(peer)\n',
      to: '    this.#peers.disconnected(peer)\n',
    },
    {
      what: 'a verdict that is turned round',
      scenario: 'vote-spam',
      file: 'src/platform/libp2p/gossip.ts',
      from: '  accept: TopicValidatorResult.Accept,\n',
      to: '  accept: TopicValidatorResult.Reject,\n',
    },
    {
      what: 'peers that are never told of',
      scenario: 'one-crash-of-three',
      file: 'src/platform/libp2p/peer-table.ts',
      from: '    announce(up)\n',
      to: '',
    },
  ]
  test.each(cases)('$what', async ({ scenario, file, from, to }) => {
    const folder = planted({ file, from, to })
    const onStack = await runAlys(['sim', scenario, '--network', 'stack'], folder)
    expect(onStack.stdout).toContain(`VIOLATED  ${scenario} seed 1`)
    expect(onStack.code).toBe(1)
    const onModel = await runAlys(['sim', scenario], folder)
    expect(onModel.code).toBe(0)
  })
})

describe('determinism', () => {
  test('runs are the same in processes that differ in all that must not matter', async () => {
    const args = ['check-determinism', 'calm', 'swarm', '--seeds', '1']
    const { code, stdout } = await runAlys([...args, '--network', 'stack'])
    expect(stdout).toContain('2 pairs, each the same in both processes')
    expect(code).toBe(0)
  })

  test('what cannot be repeated is caught in the network code, and in the story', async () => {
    const file = 'src/platform/libp2p/gossip.ts'
    const from = '    this.#subscribed.add(topic)\n'
    const to = `${from}    void crypto.subtle.digest('SHA-256', new Uint8Array(1))\n`
    const folder = planted({ file, from, to })
    const { code, stdout } = await runAlys(['sim', 'calm', '--network', 'stack'], folder)
    expect(stdout).toMatch(
      /crypto\.subtle\.digest was called .* src\/platform\/libp2p\/gossip\.ts:/,
    )
    expect(stdout).toContain('repeat: npx alys replay calm --seed 1 --network stack\n')
    expect(code).toBe(3)
  })

  test('nor may an actor call what the network code may', async () => {
    const file = 'src/actors/peer/actor.ts'
    const from = '  receive(message: PeerMessage): void {\n'
    const folder = planted({ file, from, to: `${from}    Math.random()\n` })
    const { code, stdout } = await runAlys(['sim', 'calm', '--network', 'stack'], folder)
    expect(stdout).toMatch(/Math\.random was called .* at src\/actors\/peer\/actor\.ts:\d+\n/)
    expect(code).toBe(3)
  })
})
