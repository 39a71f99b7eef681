import { expect, test } from 'vitest'
import { downloadTally } from '../../../../src/cli/node/download-tally.ts'
import type { NodeEvent } from '../../../../src/node/event.ts'

test('what was fetched and served is summed up by part and outcome', () => {
  const { reader, report } = downloadTally()
  const tell = (event: NodeEvent): void => reader.event?.(0, 'network', event)
  expect(report()).toEqual({ fetched: {}, served: {} })
  const fetched = { kind: 'part-fetched', peer: 'a', elapsedMs: 5 } as const
  tell({ ...fetched, part: 'bodies', outcome: 'found', bytes: 100 })
  tell({ ...fetched, part: 'bodies', outcome: 'timeout', bytes: 30 })
  tell({ ...fetched, part: 'headers', outcome: 'found', bytes: 7 })
  const before = report()
  tell({ ...fetched, part: 'bodies', outcome: 'found', bytes: 1 })
  tell({ kind: 'part-served', peer: 'a', part: 'bodies', outcome: 'busy', items: 0, bytes: 5 })
  tell({ kind: 'peer-lost', peer: 'a' })
  expect(before).toEqual({
    fetched: {
      bodies: { bytes: 130, outcomes: { found: 1, timeout: 1 } },
      headers: { bytes: 7, outcomes: { found: 1 } },
    },
    served: {},
  })
  expect(report()).toMatchObject({
    fetched: { bodies: { bytes: 131, outcomes: { found: 2, timeout: 1 } } },
    served: { bodies: { bytes: 5, outcomes: { busy: 1 } } },
  })
})
