import { afterEach, describe, expect, test } from 'vitest'
import { localLink } from '../../../../sim/link.ts'
import { Crew } from '../../../../src/cli/sim/crew.ts'
import type { WorkerRequest } from '../../../../src/cli/sim/worker.ts'

const request = (seed: number, scenario = 'calm'): WorkerRequest => {
  return {
    job: { scenario, seed, crypto: 'ideal', network: 'model' },
    told: { recipe },
    isTakenApart: true,
  }
}

/** A run of a second. */
const recipe = {
  drawsAs: { scenario: 'calm', seed: 1 },
  world: { members: 1, link: localLink, own: [] },
  plan: [],
  transfers: [],
  story: [{ kind: 'run', ms: 1_000 }],
} as const

let crew = new Crew(0)
afterEach(() => crew.close())

describe('a crew', () => {
  test('answers in any order what was asked, and not what is not wanted any more', async () => {
    crew = new Crew(2)
    const asked = [1, 2, 3].map((seed) => crew.ask(request(seed)))
    const unwanted = crew.ask(request(4), () => false)
    expect(await unwanted).toEqual({ died: 'not wanted' })
    const seeds = (await Promise.all(asked)).map((said) => 'report' in said && said.report.seed)
    expect(seeds).toEqual([1, 2, 3])
  })

  test('goes on after a worker has died', async () => {
    crew = new Crew(1)
    const [dead, alive] = [crew.ask(request(1, 'nobody')), crew.ask(request(2))]
    expect(await dead).toMatchObject({ died: expect.stringContaining('exit code') })
    expect(await alive).toMatchObject({ report: { seed: 2, outcome: 'held' } })
  })

  test('that is closed answers all that is asked by deaths', async () => {
    crew = new Crew(1)
    const asked = [crew.ask(request(1)), crew.ask(request(2))]
    crew.close()
    for (const said of [...asked, crew.ask(request(3))]) {
      expect(await said).toMatchObject({ died: expect.any(String) })
    }
  })
})
