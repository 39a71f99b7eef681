import { describe, expect, test } from 'vitest'
import { keyOf, replayCommand } from '../../../../src/cli/sim/job.ts'
import { progressLine } from '../../../../src/cli/sim/progress.ts'
import type { RunReport } from '../../../../src/cli/sim/report.ts'
import { githubReport } from '../../../../src/cli/sim/reporter/github.ts'
import { htmlReport } from '../../../../src/cli/sim/reporter/html.ts'
import { jsonLine, jsonReport } from '../../../../src/cli/sim/reporter/json.ts'
import { junitReport } from '../../../../src/cli/sim/reporter/junit.ts'
import { textReport } from '../../../../src/cli/sim/reporter/text.ts'
import { escapeXml } from '../../../../src/cli/sim/reporter/xml.ts'
import { reportOf, summaryOf, twoScenarios } from '../../../support/run-reports.ts'

const reports = [
  reportOf('calm', 1),
  reportOf('swarm', 1, 'violated'),
  reportOf('calm', 2, 'crashed', { crypto: 'real', digest: '' }),
  reportOf('swarm', 2),
]
const summary = summaryOf(reports)

/** Runs that broke a property each. */
function differing(count: number): readonly RunReport[] {
  return Array.from({ length: count }, (_, seed) => {
    const failure = { property: `p${seed}`, detail: '', atMs: 1 }
    return reportOf('calm', seed, 'violated', { failure })
  })
}

/** One bug with two faults in force, and the same property without any. */
const alike = [
  ...[7, 5, 6].map((seed) =>
    reportOf('swarm', seed, 'violated', { inForce: ['crash', 'lose'], events: seed * 10 }),
  ),
  reportOf('calm', 9, 'violated', { inForce: ['crash', 'lose'], events: 1_000 }),
  reportOf('calm', 8, 'violated'),
]

describe('what fails alike', () => {
  const one = summaryOf(alike)
  const also = '3 more seeds: calm 9; swarm 6, 7'

  test('is told once in text, by the run of the fewest events', () => {
    const text = textReport(one, (_style, plain) => plain)
    expect(text.match(/VIOLATED .*/g)).toEqual([
      'VIOLATED  swarm seed 5: agreement',
      'VIOLATED  calm seed 8: agreement',
    ])
    expect(text).toContain(
      `\n  in force: crash, lose\n  ${also}\n  repeat: npx alys replay swarm --seed 5\n`,
    )
    expect(text).toContain('1.5 s: 0 held, 5 did not')
  })

  test('is one annotation on GitHub', () => {
    const [first, second, third] = githubReport(one).split('\n')
    expect(first).toMatch(/^::error title=swarm seed 5%3A agreement::/)
    expect(first).toContain(`%0A${also}%0Anpx alys replay swarm --seed 5`)
    expect(second).toMatch(/^::error title=calm seed 8%3A agreement::/)
    expect(third).toMatch(/^::notice title=goals/)
  })

  test('is one case of JUnit, while every run counts', () => {
    const xml = junitReport(one)
    expect(tangles(xml)).toEqual([])
    expect(xml).toContain('<testsuites name="alys sim" tests="5" failures="5"')
    expect(xml.match(/<failure /g)).toHaveLength(2)
    expect(xml).toContain(`&#10;${also}&#10;repeat: npx alys replay swarm --seed 5</failure>`)
    expect(xml.match(/1 more runs are counted, not listed/g)).toHaveLength(1)
    expect(xml.match(/2 more runs are counted, not listed/g)).toHaveLength(1)
  })

  test('is one article of the page, which leads to the bundles of the others', () => {
    const files = new Map(
      alike.map((each) => [keyOf(each), { bundle: `${each.scenario}-${each.seed}.bundle.json` }]),
    )
    const page = htmlReport(one, { command: '', node: '', revision: undefined, files })
    expect(tangles(page)).toEqual([])
    expect(page.match(/<article/g)).toHaveLength(2)
    expect(page).toContain(
      'Broken as well, 4 in all: <a id="calm-9" href="calm-9.bundle.json">calm 9',
    )
    expect(page).toContain('in force: crash, lose')
  })

  test('is one entry of the document, with its command', () => {
    const { bugs } = JSON.parse(jsonReport(one, undefined))
    expect(bugs).toHaveLength(2)
    expect(bugs[0]).toMatchObject({
      property: 'agreement',
      inForce: ['crash', 'lose'],
      runs: 4,
      command: 'npx alys replay swarm --seed 5',
      quickest: { seed: 5, outcome: 'violated', inForce: ['crash', 'lose'] },
    })
    expect(bugs[0].others.map(({ seed }: { seed: number }) => seed)).toEqual([9, 6, 7])
  })
})

/** The tags that are open where another is closed, if any: none in a document that is well-formed. */
function tangles(document: string): readonly string[] {
  const open: string[] = []
  const found: string[] = []
  const body = document.replace(/^<(?:\?xml|!DOCTYPE)[^>]*>/, '').replace(/<style>.*<\/style>/s, '')
  for (const [tag, slash, name = '', end] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)[^<>]*?(\/?)>/g,
  )) {
    if (slash === '/' && open.pop() !== name) found.push(tag)
    if (slash === '' && end === '') open.push(name)
  }
  const stray = body.replace(/<\/?[a-z][^<>]*>/g, '').match(/[<>]|&(?!(?:\w+|#\d+);)/g) ?? []
  return [...found, ...open, ...stray]
}

describe('text', () => {
  const text = textReport(summary, (_style, plain) => plain)

  test('is a table, the goals that were missed, each failure, and a verdict', () => {
    const [head, calm, swarm, all] = text.split('\n')
    expect(head).toMatch(/^scenario +seeds +held +violated +virtual s per wall s +events +goals$/)
    expect(calm).toMatch(/^calm +2 +1 +1 +240 +2,000 +2\/\d+$/)
    expect(swarm).toMatch(/^swarm +2 +1 +1 /)
    expect(all).toMatch(/^all +4 +2 +2 /)
    expect(text).toMatch(/\nGoals that no seed reached: .*peer banned/)
    expect(text).toMatch(/\n4 runs in 1\.5 s: 2 held, 2 did not\n$/)
  })

  test('tells of a failure what is known, and how to repeat it', () => {
    expect(text).toContain(
      [
        'VIOLATED  swarm seed 1: agreement',
        '  two <blocks> at "7"',
        '  & one',
        '  virtual time 12.345500 s, digest 00112233aabbccdd',
        '  repeat: npx alys replay swarm --seed 1\n',
      ].join('\n'),
    )
    expect(text).toContain('  repeat: npx alys replay calm --seed 2 --crypto real\n')
  })

  test('tells twenty bugs, and counts the others', () => {
    const many = differing(23)
    const long = textReport(summaryOf(many), (_style, plain) => plain)
    expect(long.match(/VIOLATED/g)).toHaveLength(20)
    expect(long).toContain('… and 3 more runs')
  })
})

describe('JSON', () => {
  test('has a line a run, with these fields', () => {
    const [held, violated] = reports.map((report) => JSON.parse(jsonLine(report, undefined)))
    const run = ['digest', 'virtualMs', 'wallMs', 'events', 'messages', 'goals']
    const key = ['version', 'scenario', 'seed', 'crypto', 'network', 'outcome']
    expect(Object.keys(held)).toEqual([...key, ...run])
    expect(Object.keys(violated)).toEqual([...key, 'property', 'detail', 'atMs', ...run])
    expect(held.wallMs).toBe(250.123)
    expect(jsonLine(reportOf('calm', 1, 'violated'), undefined)).not.toContain('\n')
  })

  test('says of which sources, with which later seeds and which faults, where that is known', () => {
    const way = { reseeds: [{ atMs: 5_000, seed: 7 }], faults: ['crash'], mix: 'uniform' } as const
    const line = jsonLine(reportOf('calm', 1, 'held', way), { commit: 'abc', isDirty: false })
    expect(JSON.parse(line)).toMatchObject({ commit: 'abc', isDirty: false, ...way })
    expect(replayCommand(reportOf('calm', 1, 'held', way))).toBe(
      'npx alys replay calm --seed 1 --faults crash --mix uniform --reseed 5s:7',
    )
  })

  test('is one document in a file', () => {
    const document = JSON.parse(jsonReport(summary, undefined))
    expect(document).toMatchObject({
      format: 'alys-sweep',
      version: 2,
      exit: 1,
      runsLeftOut: 0,
      end: 'done',
    })
    expect(document.runs).toHaveLength(4)
    expect(document.runs[1]).toEqual(
      JSON.parse(jsonLine(reportOf('swarm', 1, 'violated'), undefined)),
    )
  })
})

describe('what was skipped', () => {
  const skipped = [{ scenario: 'deaf <one>', reason: 'bytes have no kind' }]
  const some = summaryOf(reports, { plan: { ...twoScenarios, network: 'stack', skipped } })

  test('is told with its reason', () => {
    const text = textReport(some, (_style, plain) => plain)
    expect(text).toMatch(/\nskipped +because\ndeaf <one> +bytes have no kind\n/)
    expect(JSON.parse(jsonReport(some, undefined)).skipped).toEqual(skipped)
    const page = htmlReport(some, { command: '', node: '', revision: undefined })
    expect(page).toContain('<li>deaf &lt;one&gt;: bytes have no kind</li>')
    expect(tangles(page)).toEqual([])
  })

  test('is a skipped case of JUnit, and a notice on GitHub', () => {
    const xml = junitReport(some)
    expect(tangles(xml)).toEqual([])
    expect(xml).toContain('tests="5" failures="1" errors="1" skipped="1"')
    expect(xml).toContain('<skipped message="bytes have no kind"/>')
    expect(githubReport(some)).toContain(
      '::notice title=skipped on this network::deaf <one>: bytes have no kind\n',
    )
  })

  test('is not mentioned where nothing was', () => {
    expect(textReport(summary, (_style, plain) => plain)).not.toContain('skipped')
  })
})

test('the command that repeats a run names the network that is not the usual one', () => {
  expect(replayCommand(reportOf('calm', 2, 'violated', { network: 'stack', crypto: 'real' }))).toBe(
    'npx alys replay calm --seed 2 --crypto real --network stack',
  )
})

describe('JUnit', () => {
  const xml = junitReport(summary)

  test('has a suite a scenario and a case a seed', () => {
    expect(tangles(xml)).toEqual([])
    expect(xml).toContain(
      '<testsuites name="alys sim" tests="4" failures="1" errors="1" skipped="0"',
    )
    expect(xml).toContain(
      '<testsuite name="swarm" tests="2" failures="1" errors="0" skipped="0" time="0.500">',
    )
    expect(xml).toContain('<testcase classname="calm" name="calm seed 1" time="0.250"/>')
  })

  test('tells a broken property from broken machinery', () => {
    const message = 'agreement: two &lt;blocks&gt; at &quot;7&quot;&#10;&amp; one'
    expect(xml).toContain(`<failure type="agreement" message="${message}">`)
    expect(xml).toContain(`<error type="agreement" message="${message}">`)
  })
})

describe('a run of which it is not known', () => {
  const about = summaryOf([reportOf('calm', 1), reportOf('swarm', 1, 'unknown')])

  test('is told as such, and fails nothing', () => {
    expect(textReport(about, (_style, plain) => plain)).toContain(
      'UNKNOWN  swarm seed 1: agreement',
    )
    expect(githubReport(about)).toMatch(/^::warning title=swarm seed 1/)
    expect(htmlReport(about, { command: '', node: '', revision: undefined })).toContain(
      '<a class="unsure" href="#swarm-1"',
    )
    const xml = junitReport(about)
    expect(xml).toContain('tests="2" failures="0" errors="0" skipped="1"')
    expect(xml).toContain('<skipped message="agreement: two')
    expect(tangles(xml)).toEqual([])
  })
})

test('text that XML cannot hold is marked', () => {
  expect(escapeXml('a\u0000b\u001b[31m\ud800 \u{1f600}\t')).toBe(
    'a\ufffdb\ufffd[31m\ufffd \u{1f600}\t',
  )
})

describe('GitHub', () => {
  test('has an annotation a bug, on one line each, the worst first', () => {
    const [, second] = githubReport(summary).split('\n')
    expect(second).toBe(
      '::error title=swarm seed 1%3A agreement::two <blocks> at "7"%0A& one%0A' +
        'at 12.345500 s of virtual time%0Anpx alys replay swarm --seed 1',
    )
  })

  test('shows ten, as GitHub does, and warns of what did not run', () => {
    const lines = githubReport(summaryOf(differing(12))).split('\n')
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10)
    expect(lines).toContain('::notice title=alys sim::2 more runs did not hold')
    expect(lines).toContain('::warning title=too few seeds ran::swarm')
  })
})

describe('the page', () => {
  const revision = { commit: 'abc123', isDirty: true }
  const provenance = { command: 'alys sim "a&b"', node: '26.1.0', revision }
  const page = htmlReport(summary, provenance)

  test('is well-formed, and whatever a run said is escaped', () => {
    expect(tangles(page)).toEqual([])
    expect(page).toContain('two &lt;blocks&gt; at &quot;7&quot;')
    expect(page).toContain('alys sim &quot;a&amp;b&quot;')
    expect(page).toContain('commit abc123 and changes')
  })

  test('leads to what lies beside it, and to nothing that does not', () => {
    const [, violated] = reports
    const key = violated === undefined ? '' : keyOf(violated)
    const files = new Map([[key, { bundle: 'swarm-1.bundle.json', view: 'swarm-1.view.html' }]])
    const whole = htmlReport(summary, { ...provenance, files })
    expect(tangles(whole)).toEqual([])
    expect(whole.match(/href="[^#][^"]*"/g)).toEqual([
      'href="swarm-1.view.html"',
      'href="swarm-1.bundle.json"',
    ])
    expect(page).not.toMatch(/href="[^#]/)
  })

  test('needs nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<link|src=|url\(|https?:/)
  })

  test('leads from the square of a seed to what became of it', () => {
    expect(page).toContain('<a href="#swarm-1" title="seed 1: violated">')
    expect(page).toContain('<article id="swarm-1" class="bad">')
    expect(page.match(/<article/g)).toHaveLength(2)
    expect(page).toMatch(/Never reached:[\s\S]*<li>peer banned<\/li>/)
  })
})

describe('the line of progress', () => {
  const state = { ran: 5, asked: 20, violated: 1, unknown: 0, elapsedMs: 10_000 }

  test('says how far it is, and how long it may take', () => {
    expect(progressLine({ ...state, last: { scenario: 'calm', seed: 3 } })).toBe(
      '5/20 runs · 4 held · 1 violated · 10.0 s · about 30.0 s left · last: calm seed 3',
    )
  })

  test('counts what is not known apart', () => {
    expect(progressLine({ ...state, unknown: 2, last: undefined })).toContain(
      '5/20 runs · 2 held · 1 violated · 2 unknown · ',
    )
  })

  test('does not guess where it cannot know', () => {
    const line = '5 runs · 4 held · 1 violated · 10.0 s'
    expect(progressLine({ ...state, asked: undefined, last: undefined })).toBe(line)
    expect(progressLine({ ...state, ran: 0, violated: 0, last: undefined })).toContain('0/20 runs')
  })
})
