import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BisectOptions, bisect } from '../../../../src/cli/bisect/bisect.ts'
import { type Commit, History } from '../../../../src/cli/bisect/history.ts'
import { UsageError } from '../../../../src/cli/exit.ts'

/**
 * A program with the command line of ours and a bug: so many of a hundred seeds fail, by a hash of the seed, as the
 * sources of each commit say. Sources that say `lost` lose every run; any that say something else do not load.
 */
const program = `
import { readFileSync } from 'node:fs'
const text = readFileSync(new URL('../../percent', import.meta.url), 'utf8')
const lost = { version: 1, outcome: 'crashed', property: 'no-crash', digest: '', detail: 'exit code 1' }
if (text === 'lost') {
  console.log(JSON.stringify(lost))
  process.exit(1)
}
const percent = Number(text)
if (!(percent >= 0)) throw new Error('it does not compile')
const [command, ...args] = process.argv.slice(2)
const flag = (name) => Number(args[args.indexOf(name) + 1])
const hash = (seed) => Math.imul((Math.imul(seed, 0x9e3779b1) >>> 16) ^ seed, 0x85ebca6b) >>> 0
const say = (isBroken) => {
  const found = isBroken ? { outcome: 'violated', property: 'agreement' } : { outcome: 'held' }
  console.log(JSON.stringify({ version: 1, ...found }))
  return isBroken
}
if (command === 'replay') say(percent > 0)
else {
  for (let seed = flag('--seed'), left = flag('--seeds'); left > 0; left -= 1, seed += 1) {
    if (say(hash(seed) % 100 < percent) && args.includes('--bail')) break
  }
}
`

let scratch = ''
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'alys-bisect-test-'))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function git(folder: string, ...args: readonly string[]): string {
  const names = ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...names, ...args], { cwd: folder, encoding: 'utf8' }).trim()
}

/** A repository with a commit for each text. */
function repositoryOf(name: string, percents: readonly (number | string)[]): string {
  const folder = join(scratch, name)
  mkdirSync(join(folder, 'src/cli'), { recursive: true })
  git(folder, 'init', '--quiet', '--initial-branch=main')
  writeFileSync(join(folder, 'src/cli/alys.mjs'), program)
  for (const [index, percent] of percents.entries()) {
    writeFileSync(join(folder, 'percent'), String(percent))
    git(folder, 'add', '--all')
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', `change ${index}`)
  }
  return folder
}

async function bisected(
  folder: string,
  options: Partial<BisectOptions> = {},
): Promise<{
  readonly code: number
  readonly lines: readonly string[]
  readonly commits: readonly Commit[]
}> {
  const lines: string[] = []
  const history = new History(folder)
  const root = git(folder, 'rev-list', '--max-parents=0', 'HEAD')
  const commits = history.between(root, 'HEAD')
  const code = await bisect({
    ...{ history, commits, bundle: 'a.bundle.json', scenario: 'swarm', property: 'agreement' },
    ...{ firstSeed: 1, seeds: 20, flags: [], jobs: 1, confidence: 0.95, runsMax: 2_000 },
    signal: new AbortController().signal,
    print: (line) => void lines.push(line),
    ...options,
  })
  return { code, lines, commits }
}

describe('the first bad commit', () => {
  test('is found where every seed shows the bug', async () => {
    const folder = repositoryOf('certain', [0, 0, 0, 0, 0, 100, 100, 100, 100])
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('alys-bisect-')).length
    const { code, lines, commits } = await bisected(folder)
    expect(lines[0]).toBe('7 commits between the good one and the bad one; agreement in swarm:')
    expect(lines[1]).toContain(
      'the bundle breaks it, 20 of 20 seeds do; a seed fails with 0.83 to 1.00',
    )
    expect(lines.at(-2)).toMatch(/^The first bad commit, with .*, after \d+ runs in \d+ trials:$/)
    expect(lines.at(-1)).toContain(`${commits[5]?.hash} change 5`)
    expect(code).toBe(0)
    // The repository is as it was, and no trees are left.
    expect(git(folder, 'status', '--porcelain')).toBe('')
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('alys-bisect-')).length
    expect(after).toBe(before)
  })

  test('is found where some seeds show it, and the bundle cannot be replayed', async () => {
    const folder = repositoryOf('rare', [0, 0, 0, 30, 30, 30, 30, 30])
    const { code, lines, commits } = await bisected(folder, { bundle: undefined })
    const calls = lines.filter((line) => / 0 of \d+ seeds do: good with 0\.\d{4}$/.test(line))
    expect(calls.length).toBeGreaterThan(0)
    expect(lines.at(-1)).toContain(`${commits[3]?.hash} change 3`)
    expect(code).toBe(0)
  })

  test('may be one of several, if those between cannot be run', async () => {
    const folder = repositoryOf('broken', [0, 0, 'lost', 'broken', 100, 100])
    const { code, lines, commits } = await bisected(folder)
    const skipped = lines.filter((line) => line.startsWith('skip'))
    expect(skipped.toSorted()).toEqual(
      [
        `skip  ${commits[2]?.hash.slice(0, 12)}  it cannot be run: exit code 1`,
        `skip  ${commits[3]?.hash.slice(0, 12)}  it cannot be run: Error: it does not compile`,
      ].toSorted(),
    )
    expect(lines.at(-4)).toMatch(/^The first bad commit, with .*, is one of these, after /)
    expect(lines.slice(-3).map((line) => line.slice(-8))).toEqual([
      'change 2',
      'change 3',
      'change 4',
    ])
    expect(code).toBe(2)
  })

  test('is not looked for where the bad end is not bad', async () => {
    const { code, lines } = await bisected(repositoryOf('none', [0, 0, 0]))
    expect(lines.at(-1)).toBe(
      'The bad commit does not break agreement: say another, or more than 20 seeds.',
    )
    expect(code).toBe(2)
  })

  test('is not looked for where the good end is bad', async () => {
    await expect(bisected(repositoryOf('all', [100, 100, 100]))).rejects.toThrow(
      '--good breaks agreement as well (the bundle breaks it, 1 of 1 seeds do): say an older one',
    )
  })

  test('stays undecided when runs are used up, and says what is likeliest', async () => {
    const folder = repositoryOf('short', [0, 0, 0, 0, 30, 30, 30, 30])
    const { code, lines } = await bisected(folder, { bundle: undefined, runsMax: 41, seeds: 20 })
    expect(lines.some((line) => line.startsWith('Undecided after '))).toBe(true)
    expect(code).toBe(2)
  })
})

describe('a history', () => {
  test('leads from the good commit to the bad one', () => {
    const history = new History(repositoryOf('line', [0, 1, 2]))
    const subjects = (good: string, bad: string): readonly string[] =>
      history.between(good, bad).map(({ subject }) => subject)
    expect(subjects('HEAD~2', 'HEAD')).toEqual(['change 0', 'change 1', 'change 2'])
    expect(() => subjects('HEAD', 'HEAD~1')).toThrow(
      '--good HEAD: expected a commit before HEAD~1 on its line of first parents, and it is the same',
    )
    expect(() => subjects('nowhere', 'HEAD')).toThrow(UsageError)
    expect(() => subjects('nowhere', 'HEAD')).toThrow(/^--good nowhere: git says: fatal: /)
  })

  test('needs a repository', () => {
    mkdirSync(join(scratch, 'bare'))
    expect(() => new History(join(scratch, 'bare'))).toThrow(/^bisect: git says: fatal: not a git/)
  })
})
