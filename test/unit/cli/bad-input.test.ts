import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { exitCode } from '../../../src/cli/exit.ts'
import { main } from '../../../src/cli/main.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-bad-input-'))
  writeFileSync(join(folder, 'file'), '')
  writeFileSync(join(folder, 'a.bundle.json'), JSON.stringify(bundle))
  writeFileSync(join(folder, 'later.trace.json'), '{"format":"alys-trace","version":9}')
  writeFileSync(join(folder, 'other.json'), '{"format":"alys-sweep"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bundle = {
  ...{ format: 'alys-bundle', version: 2, scenario: 'calm', seed: 1, crypto: 'ideal' },
  ...{ outcome: 'held', digest: '', node: '26.1.0', command: '' },
}

/** What a command line that is no good is answered with: the exit code, and the standard error stream. */
async function refused(line: string): Promise<{ code: number; text: string }> {
  const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const words = line.split(' ').map((word) => word.replace('@', folder))
    const code = await main(words)
    return { code, text: spy.mock.calls.map(([text]) => String(text)).join('') }
  } finally {
    spy.mockRestore()
  }
}

describe('a command line that cannot be done says which flag, which value, and what was expected', () => {
  test.each([
    ['sim swrm', 'no scenario matches "swrm". Did you mean swarm? There are: calm, '],
    ['sim late-joyner', 'Did you mean late-joiner?'],
    ['replay swrm --seed 1', 'no scenario matches "swrm". Did you mean swarm?'],
    [
      'sim swarm --faults crsh',
      '--faults crsh: there is no such kind of fault. Did you mean crash?',
    ],
    [
      'sim swarm --faults crash,,lose',
      "argument 'crash,,lose' is invalid. Expected names with commas",
    ],
    ['sim --mix some', "argument 'some' is invalid. Allowed choices are swarm, uniform."],
    ['sim --seed -1', "option '--seed <n>' argument '-1' is invalid. Expected a whole number"],
    ['sim --seed head', "option '--seed <n>' argument 'head' is invalid. Expected a whole number"],
    ['sim --seed 9007199254740991 --seeds 2', '--seed 9007199254740991 --seeds 2 goes beyond'],
    [
      'sim --time-budget 10',
      "'--time-budget <time>' argument '10' is invalid. Expected a number and",
    ],
    ['sim --time-budget 0s', "'--time-budget <time>' argument '0s' is invalid. Expected more than"],
    ['sim calm --seeds 2 --min-seeds 3', '--min-seeds 3 cannot be reached: calm is to run 2 seeds'],
    [
      'sim --shard 5/4',
      "'--shard <i/n>' argument '5/4' is invalid. Expected i/n with i from 1 to n",
    ],
    ['view calm', 'which seed of calm?'],
    ['view @/absent.json', '@/absent.json cannot be read: ENOENT'],
    ['view @/other.json', '@/other.json is not a bundle: format: '],
    ['view @/later.trace.json', '@/later.trace.json is not a trace: version: expected 1, found 9'],
    ['view @/later.trace.json --seed 1', 'leave --seed out'],
    ['view @/a.bundle.json --seed 1', 'a bundle says itself which run it is: leave --seed out'],
    ['inspect @/absent.json', '@/absent.json cannot be read: ENOENT'],
    ['bisect @/a.bundle.json --good HEAD', '@/a.bundle.json: nothing was broken in it'],
    ['view calm --seed 1 --until 1s --out @/no/x.html', '--out @/no/x.html cannot be written: '],
    ['sim calm --out @/file', '@/file: expected a folder'],
    ['farm swrm', 'no scenario matches "swrm". Did you mean swarm?'],
    ['farm calm --redis nowhere', '--redis nowhere: expected an address such as redis://'],
    [
      'farm calm --redis redis://127.0.0.1:1',
      '--redis redis://127.0.0.1:1: no Redis answers there',
    ],
    [
      'farm work --redis redis://127.0.0.1:1',
      '--redis redis://127.0.0.1:1: no Redis answers there',
    ],
    ['farm report --redis http://x', '--redis http://x: expected an address'],
    ['farm calm --seeds-per-job 0', "argument '0' is invalid. Expected a whole number from 1"],
    ['farm work --lock never', "argument 'never' is invalid. Expected a number and"],
    ['merge @/absent', '@/absent: there is no such file or folder'],
    ['merge @', '@: expected runs.ndjson in it or in the folders in it'],
    ['merge @/other.json', '@/other.json'],
    ['merge', "missing required argument 'path'"],
    ['merge @ --min-seeds 0', "argument '0' is invalid. Expected a whole number from 1"],
    ['explore swrm', 'Did you mean swarm?'],
    ['explore --strategy lucky', 'Allowed choices are random, swarm, twins, guided.'],
    [
      'explore calm --strategy twins',
      '--strategy twins: expected scenarios of twins (twins*), not calm',
    ],
    ['explore deaf-follower --network stack', '--network stack: deaf-follower needs the model: '],
    [
      'explore --until-stable 0',
      "'--until-stable <n>' argument '0' is invalid. Expected a whole number",
    ],
    ['sim --sedes 2', "unknown option '--sedes'"],
    ['replay calm', 'which seed of calm? Say --seed <n>'],
    [
      'replay calm --seed 1 --until 5',
      "'--until <place>' argument '5' is invalid. Expected a virtual time, such as 12.4s, or an event",
    ],
    [
      'replay calm --seed 1 --break',
      '--break: expected to run under a debugger: node --inspect-brk',
    ],
    ['replay sync --seed 1', '"sync" means several scenarios: '],
    [
      'replay calm --seed 1 --reseed 5',
      "'--reseed <time:seed>' argument '5' is invalid. Expected a virtual",
    ],
    [
      'replay calm --seed 1 --reseed 5s:1 --reseed 5s:2',
      'Expected a later time than 5s before it.',
    ],
    ['replay calm --seed 1 --reseed 5s:1 --until 4s', '--until 4s comes before --reseed 5s'],
    ['replay @/none.json', '@/none.json cannot be read'],
    ['replay @/a.bundle.json --seed 2 --mix uniform', 'leave --seed and --mix out'],
    ['why calm', 'which seed of calm? Say --seed <n>'],
    ['why @/none.json', '@/none.json cannot be read'],
    ['why @/file.json', '@/file.json cannot be read'],
    ['why @/later.trace.json', 'is not a trace: version: expected 1, found 9, which a later'],
    [
      'why @/a.bundle.json --network stack',
      'a bundle says itself which run it is: leave --network out',
    ],
    ['why calm --seed 1 --depth 1', "'--depth <n>' argument '1' is invalid. Expected a whole"],
    ['why calm --seed 1 --event x', "'--event <id>' argument 'x' is invalid. Expected a whole"],
    ['bisect @/a.bundle.json', "required option '--good <revision>' not specified"],
    ['bisect @/none.json --good HEAD', '@/none.json cannot be read: ENOENT'],
    ['bisect @/other.json --good HEAD', '@/other.json is not a bundle: format: '],
    ['bisect @/a.bundle.json --good HEAD', '@/a.bundle.json: nothing was broken in it'],
    [
      'bisect @/a.bundle.json --good HEAD --confidence 1',
      "argument '1' is invalid. Expected a number from 0.5 to less than 1",
    ],
    ['trace calm --seed 1', "required option '--out <file>' not specified"],
    ['trace calm --seed 1 --out @/t --from 5s --until 5s', '--from 5s is not before --until 5s'],
    ['diff swarm', 'which seed of swarm? Say --seed <n>'],
    ['diff swarm:x swarm:1', '"swarm:x": expected a scenario and a seed, such as swarm:5'],
    ['diff @/a.bundle.json --seed 3', 'files say themselves which runs they are of: leave --seed'],
  ])('%s', async (line, expected) => {
    const { code, text } = await refused(line)
    expect(text).toContain(expected.replace('@', folder))
    expect(text).not.toMatch(/\n +at /)
    expect(code).toBe(exitCode.usage)
  })
})
