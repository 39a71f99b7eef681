/**
 * That the documents can be relied upon: what they name is there, what they tell to type is understood,
 * and their programs run.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, normalize } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { scenarios } from '../scenarios/catalogue.ts'
import {
  crossingCheckers,
  diskCheckers,
  safetyCheckers,
  sampleCheckers,
} from '../sim/cluster/checker/all.ts'
import { present } from '../src/base/assert.ts'
import { liarsMax, silentMax } from '../src/protocol/committee.ts'
import { keyList } from '../src/viewer/page/keys.ts'
import {
  blocksOf,
  documents,
  linksOf,
  readDocument,
  root,
  section,
  spansOf,
  tableIn,
} from './support/documents.ts'

const readme = readDocument('README.md')
const folder = mkdtempSync(join(tmpdir(), 'alys-readme-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const files = new Set(
  ['src', 'sim', 'scenarios', 'docs', 'examples', 'bench', 'test'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((path) =>
      basename(path),
    ),
  ),
)

describe.each(documents)('$path', (document) => {
  test('links to what is there', () => {
    for (const link of linksOf(document)) {
      if (/^https?:/.test(link)) continue
      const [target = '', anchor] = link.split('#')
      const path = target === '' ? document.path : normalize(join(dirname(document.path), target))
      expect([link, existsSync(join(root, path))]).toEqual([link, true])
      if (anchor !== undefined) expect(anchorsOf(path)).toContain(anchor)
    }
  })

  test('names files that are there', () => {
    for (const span of spansOf(document)) {
      // What is written by a run need not be there.
      if (/^reports\/(sim|bench|found)\b/.test(span)) continue
      if (/^(src|sim|scenarios|docs|examples|test|bench|reports)(\/[\w./-]+)?$/.test(span)) {
        expect([span, existsSync(join(root, span))]).toEqual([span, true])
      } else if (/^[a-z-]+\.ts$/.test(span)) {
        expect([span, files.has(span)]).toEqual([span, true])
      }
    }
  })

  test('shows code that is in the file that it names', () => {
    for (const { info, code } of blocksOf(document)) {
      const [, path] = /^ts (\S+\.ts)$/.exec(info) ?? []
      if (path === undefined) continue
      expect(readFileSync(join(root, path), 'utf8')).toContain(code)
    }
  })

  test('names scripts of the package that it has', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const named = [...document.text.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)]
    for (const [, run, short] of named) expect(Object.keys(scripts)).toContain(run ?? short)
  })
})

/** How a heading is linked to. */
function anchorsOf(path: string): readonly string[] {
  const headings = readDocument(path).text.matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  )
}

// ----- the command line -----

/** A command as it is told to be typed: its words up to the first option, and its options. */
interface Typed {
  readonly words: readonly string[]
  readonly options: readonly string[]
}

function typedCommands(): readonly Typed[] {
  const lines = documents.flatMap((document) => [
    ...spansOf(document),
    ...blocksOf(document)
      .filter(({ info }) => info === 'sh' || info === 'text')
      .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n')),
  ])
  return lines.flatMap((line) => {
    const [, rest] = /^(?:\$ )?(?:npx )?alys ([a-z-]+\b.*)$/.exec(line) ?? []
    if (rest === undefined) return []
    const words = (rest.split(/ +[#–]/)[0] ?? '').split(/\s+/)
    const options = words.filter((word) => word.startsWith('--'))
    // The farm has commands below it, and is one itself.
    const isSub =
      (['checkpoint', 'keys'].includes(words[0] ?? '') && words[1] !== undefined) ||
      (words[0] === 'farm' && ['work', 'report'].includes(words[1] ?? ''))
    return [{ words: words.slice(0, isSub ? 2 : 1), options }]
  })
}

function helpOf(words: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const launcher = join(root, 'src/cli/alys.mjs')
  const child = spawn(process.execPath, [launcher, ...words, '--help'])
  let text = ''
  const take = (bytes: unknown): void => {
    text += String(bytes)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  child.on('close', () => resolve(text))
  return promise
}

describe('the command line', () => {
  const typed = typedCommands()

  test('has every command that the documents tell to type, with these options', async () => {
    expect(typed.length).toBeGreaterThan(20)
    const distinct = [...new Set(typed.map(({ words }) => words.join(' ')))]
    const helps = new Map(
      await Promise.all(
        distinct.map(async (name) => [name, await helpOf(name.split(' '))] as const),
      ),
    )
    for (const { words, options } of typed) {
      const help = helps.get(words.join(' ')) ?? ''
      expect(help).toContain(`Usage: alys ${words.join(' ')}`)
      for (const option of options) expect(help).toMatch(new RegExp(`${option}\\b`))
    }
  })

  test('has no command that the documents pass over', async () => {
    const help = await helpOf([])
    const list = help.slice(help.indexOf('Commands:'), help.indexOf('Exit codes:'))
    const commands = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name)
    expect(commands.length).toBeGreaterThan(5)
    for (const name of commands) {
      if (name !== 'help') expect(typed.map(({ words }) => words[0])).toContain(name)
    }
  })
})

// ----- tables of the README -----

describe('README.md', () => {
  test('lists the methods that a node answers', () => {
    const folder = 'src/actors/api/methods'
    const methods = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)
    const sources = [...methods, 'src/cli/node/open-node.ts']
    const answered = sources.flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return [...text.matchAll(/^\s*(alys_\w+): |Method = '(alys_\w+)'/gm)].map(
        ([, own, process]) => own ?? process,
      )
    })
    const told = tableIn(section(readme, 'Run a node'), 'Method').map(([method]) => method)
    expect(new Set(told)).toEqual(new Set(answered))
  })

  test('plants a bug in a line that is there, and shows one run of it', () => {
    const text = section(readme, 'A failing seed, repeated')
    const [, path = ''] = /one comparison, in\s+`([^`]+)`/.exec(text) ?? []
    const [, planted = ''] = /^-(.+)$/m.exec(text) ?? []
    expect(readFileSync(join(root, path), 'utf8')).toContain(`${planted}\n`)
    // The sweep, the run repeated, and the bundle.
    const places = [
      /swarm seed 5: .*?digest (\w{16})/s,
      /^digest (\w{16}), \d+ events$/m,
      /digest: (\w{16}) then/,
    ]
    const digests = places.map((place) => place.exec(text)?.[1])
    expect(digests).toEqual(digests.map(() => expect.stringMatching(/^[0-9a-f]{16}$/)))
    expect(new Set(digests).size).toBe(1)
    const [, event = ''] = /`--event (\d+)`/.exec(text) ?? []
    expect(text).toMatch(new RegExp(` #${event} ← #\\d+$`, 'm'))
  })

  test('says what a committee bears', () => {
    const text = section(readme, 'Limits')
    const header = /^\| members \|(.*)\|$/m.exec(text)?.[1] ?? ''
    const sizes = header.split('|').map(Number)
    const [liars = [], silent = []] = tableIn(text, 'members').map(([, ...cells]) =>
      cells.map(Number),
    )
    expect(liars).toEqual(sizes.map(liarsMax))
    expect(silent).toEqual(sizes.map(silentMax))
  })
})

/** As it stands in a sentence, from 20 to 99. */
function inWords(count: number): string {
  const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
  const ones = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
  const [ten = '', one] = [tens[Math.floor(count / 10) - 2], ones[(count % 10) - 1]]
  return one === undefined ? ten : `${ten}-${one}`
}

describe('what is counted in words', () => {
  const checkers = [safetyCheckers, crossingCheckers, sampleCheckers, diskCheckers].flat().length
  const properties = inWords(checkers)

  test.each([
    ['README.md', `${properties} safety properties`],
    ['scenarios/README.md', `${properties} properties of every correct`],
  ])('in %s is %s', (path, words) => {
    expect(readDocument(path).text.toLowerCase()).toContain(words)
  })
})

test('docs/viewer.md tells every key that the page answers to', () => {
  const rows = tableIn(readDocument('docs/viewer.md').text, 'Key')
  const told = rows.flatMap(([keys = '']) => keys.split(' '))
  expect(told.toSorted()).toEqual(keyList.flatMap(({ shown }) => shown).toSorted())
})

test('scenarios/README.md tells every scenario, in the order of the catalogue', () => {
  const rows = tableIn(readDocument('scenarios/README.md').text, 'Scenario')
  expect(rows.map(([name]) => name)).toEqual(scenarios.map(({ name }) => name))
  for (const [name = '', file = ''] of rows) {
    expect(readFileSync(join(root, file), 'utf8')).toContain(`name: '${name}'`)
  }
})

// ----- programs -----

function blockOf(path: string, info: string): string {
  const found = blocksOf(readDocument(path)).find((block) => block.info === info)
  return present(found, `a block "${info}" in ${path}`).code
}

/** Runs a program as somebody would who has linked the package. */
function run(name: string, code: string): string {
  const file = join(folder, name)
  writeFileSync(file, code)
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

/** Digests change with the sources; what a program says besides does not. */
function withoutDigests(text: string): string {
  return text.replaceAll(/[0-9a-f]{16}/g, '…')
}

describe('the example of sim/README.md', () => {
  const path = 'sim/README.md'
  const program = blockOf(path, 'ts run')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/alys'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')

  test('compiles under the strictest options', () => {
    writeFileSync(join(folder, 'example.ts'), program)
    // Beside it the counter, as a package of its own.
    cpSync(join(root, 'examples/replicated-counter'), join(folder, 'counter'), { recursive: true })
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
    const { rootDir: _, outDir: __, composite: ___, ...options } = compilerOptions
    const types = { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] }
    const settings = {
      compilerOptions: { ...options, ...types, noEmit: true },
      include: ['example.ts', 'counter'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
    const compiler = join(root, 'node_modules/.bin/tsc')
    const { status, stdout } = spawnSync(compiler, ['-p', folder], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, ''])
  })

  test('prints what the page says', () => {
    const printed = withoutDigests(run('example.ts', program))
    const said = blocksOf(readDocument(path)).filter(({ info }) => info === 'text')
    expect(printed).toBe(withoutDigests(said[0]?.code ?? ''))
    expect(printed).not.toContain('violated')
  })

  test('finds the bug that the page plants', () => {
    const place = /^.*store\.commit\(.*\n/m
    expect(program.match(new RegExp(place, 'gm'))).toHaveLength(1)
    const broken = program.replace(place, () => blockOf(path, 'ts bug'))
    const printed = withoutFigures(run('broken.ts', broken))
    const said = blocksOf(readDocument(path)).filter(({ info }) => info === 'text')
    expect(printed).toBe(withoutFigures(said[1]?.code ?? ''))
    expect(printed).toContain('violated')
  })
})

/** Where in time a run ends changes with the simulator; what it says besides does not. */
function withoutFigures(text: string): string {
  return withoutDigests(text).replaceAll(/\d+(\.\d+)?/g, '#')
}

/** A command that a page tells to run, what it says of the exit code, and what it shows of the output. */
interface Session {
  readonly command: string
  readonly exitCode: number
  readonly shown: string
}

function sessionsOf(path: string): readonly Session[] {
  const blocks = blocksOf(readDocument(path))
  return blocks.flatMap(({ info, code }, at) => {
    if (info !== 'sh run') return []
    const [, command = '', exitCode = '0'] =
      /^npx node (.*?)(?: +# exit code (\d))?\n$/.exec(code) ?? []
    return [{ command, exitCode: Number(exitCode), shown: blocks[at + 1]?.code ?? '' }]
  })
}

describe('docs/framework.md', () => {
  test.each(sessionsOf('docs/framework.md'))('shows what $command prints', (session) => {
    const { command, exitCode, shown } = session
    const { status, stdout, stderr } = spawnSync(process.execPath, command.split(' '), {
      cwd: root,
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([exitCode, ''])
    // A line of dots stands for any number of lines.
    const pieces = shown.split('…\n').map(withoutFigures)
    const last = pieces.pop() ?? ''
    let rest = withoutFigures(stdout)
    for (const [place, piece] of pieces.entries()) {
      expect(rest).toContain(piece)
      if (place === 0) expect(rest.startsWith(piece)).toBe(true)
      rest = rest.slice(rest.indexOf(piece) + piece.length)
    }
    expect(pieces.length === 0 ? rest : rest.slice(-last.length)).toBe(last)
  })
})

test('the ten lines of scenarios/README.md are a scenario that holds', () => {
  const code = blockOf('scenarios/README.md', 'ts scenario')
  const name = present(/export const (\w+)/.exec(code)?.[1], 'the name of the scenario')
  const placed = code
    .replaceAll("'../../", `'${root}/`)
    .replaceAll("'../", `'${join(root, 'scenarios')}/`)
  const driver = [
    `import { idealScheme } from '${root}/sim/cluster/ideal.ts'`,
    `import { runScenario } from '${root}/sim/cluster/scenario.ts'`,
    `for (const seed of [1, 2, 3]) {`,
    `  const { outcome, violation, height } = runScenario(${name}, seed, { crypto: idealScheme() })`,
    `  console.log(outcome, violation?.detail ?? '', height > 10)`,
    `}`,
  ].join('\n')
  expect(run('scenario.ts', `${placed}\n${driver}`)).toBe('held  true\n'.repeat(3))
})
