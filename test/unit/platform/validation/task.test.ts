/** What is put into a slot is what is found there, at its largest and at its oddest. */
import { describe, expect, test } from 'vitest'
import type { Check } from '../../../../src/kernel/environment.ts'
import {
  inputBytes,
  outputBytes,
  recordBytesMax,
  recordsMax,
} from '../../../../src/platform/validation/layout.ts'
import {
  blockRoom,
  type ChecksTask,
  checkRoom,
  readCheckVerdicts,
  readRunVerdicts,
  readTask,
  roomForBlocks,
  roomForChecks,
  runVerdictsIn,
  writeCheckVerdicts,
  writeTask,
} from '../../../../src/platform/validation/task.ts'
import { encodedRulesBytesMax } from '../../../../src/protocol/block/run.ts'

/** The input of a slot in which something else was before. */
function usedInput(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(inputBytes)).fill(0xa5)
}

function bytes(length: number, fill: number): Uint8Array {
  return new Uint8Array(length).fill(fill)
}

describe('a run', () => {
  test.each([
    ['without a head', undefined, undefined],
    ['with a head', bytes(128, 9), bytes(128, 9)],
    [
      'with a head that is too short',
      bytes(5, 9),
      Uint8Array.from({ length: 128 }, (_, i) => (i < 5 ? 9 : 0)),
    ],
  ])('%s is found as it was', (_name, head, wantedHead) => {
    const input = usedInput()
    const blocks = [bytes(300, 1), bytes(0, 0), bytes(7, 2)]
    writeTask(input, { kind: 'run', rules: bytes(71, 5), head, blocks })
    const found = readTask(input)
    if (found.kind !== 'run') throw new Error('a run')
    expect(found.rules.slice()).toEqual(bytes(71, 5))
    expect(found.head?.slice()).toEqual(wantedHead)
    expect([...found.run.lengths]).toEqual([300, 0, 7])
    expect(found.run.bytes.slice(0, 307)).toEqual(
      Uint8Array.from([...bytes(300, 1), 2, 2, 2, 2, 2, 2, 2]),
    )
  })

  test('of one block of any length, with the longest rules, has room', () => {
    const input = usedInput()
    const rules = bytes(encodedRulesBytesMax, 5)
    const endless = bytes(5_000_000, 7)
    expect(blockRoom(endless)).toBeLessThanOrEqual(roomForBlocks(rules.length))
    writeTask(input, { kind: 'run', rules, head: bytes(128, 1), blocks: [endless] })
    const found = readTask(input)
    if (found.kind !== 'run') throw new Error('a run')
    expect([...found.run.lengths]).toEqual([recordBytesMax])
    expect(found.run.bytes[recordBytesMax - 1]).toBe(7)
  })
})

describe('checks', () => {
  test('are found as they were', () => {
    const ed25519: Check = {
      ...{ kind: 'ed25519', publicKey: bytes(32, 1) },
      ...{ message: bytes(45, 2), signature: bytes(64, 3) },
    }
    const bls: Check = {
      ...{ kind: 'bls', publicKeys: [bytes(48, 4), bytes(48, 5)] },
      ...{ message: bytes(0, 0), signature: bytes(96, 6) },
    }
    const task: ChecksTask = {
      kind: 'checks',
      checks: [ed25519, bls, ed25519, { ...bls, message: bytes(999, 7) }],
    }
    const input = usedInput()
    writeTask(input, task)
    expect(readTask(input)).toEqual(task)
  })

  test('take the room that they are said to take', () => {
    const check: Check = {
      ...{ kind: 'bls', publicKeys: Array.from({ length: 64 }, () => bytes(48, 4)) },
      ...{ message: bytes(53, 1), signature: bytes(96, 6) },
    }
    const count = Math.min(recordsMax, Math.floor(roomForChecks / checkRoom(check)))
    const input = usedInput()
    writeTask(input, { kind: 'checks', checks: new Array<Check>(count).fill(check) })
    const found = readTask(input)
    expect(found.kind === 'checks' && found.checks.at(-1)).toEqual(check)
    expect(count).toBe(recordsMax)
  })
})

describe('verdicts', () => {
  test('over as many blocks as a slot holds have room', () => {
    const output = bytes(outputBytes, 0xff)
    const { faults, hashes } = runVerdictsIn(output, recordsMax)
    for (let i = 0; i < recordsMax; i += 1) {
      faults[i] = i % 9
      hashes.fill(i, 32 * i, 32 * (i + 1))
    }
    const verdicts = readRunVerdicts(output, recordsMax)
    expect(verdicts).toHaveLength(recordsMax)
    expect(verdicts.slice(0, 3)).toEqual([
      { fault: undefined, hash: bytes(32, 0) },
      { fault: 'length', hash: bytes(0, 0) },
      { fault: 'chain', hash: bytes(32, 2) },
    ])
    expect(verdicts[511]).toEqual({ fault: 'height', hash: bytes(32, 511) })
    // They are copies: the slot is used again.
    output.fill(0)
    expect(verdicts[511]?.hash).toEqual(bytes(32, 511))
  })

  test('over checks are found as they were', () => {
    const output = bytes(outputBytes, 0xff)
    const verdicts = Array.from({ length: recordsMax }, (_, i) => i % 3 === 0)
    writeCheckVerdicts(output, verdicts)
    expect(readCheckVerdicts(output, recordsMax)).toEqual(verdicts)
  })
})
