/** The calling thread alone: order of answers, urgency, slices. With workers: that they hold no process back. */
import { execFile } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { asciiBytes } from '../../../src/base/bytes.ts'
import type { Check, Verifier } from '../../../src/kernel/environment.ts'
import { blstSigner } from '../../../src/platform/crypto.ts'
import { openVerifier } from '../../../src/platform/verifier.ts'
import { blsSecretFrom } from '../../../src/protocol/crypto/bls.ts'

const message = asciiBytes('a header')
const signer = blstSigner(new Uint8Array(32).fill(5), blsSecretFrom(new Uint8Array(32).fill(6)))
const ed25519: Check = {
  kind: 'ed25519',
  publicKey: signer.authorKey,
  message,
  signature: signer.signAuthor(message),
}
const bls: Check = {
  kind: 'bls',
  publicKeys: [signer.voteKey],
  message,
  signature: signer.signVote(message),
}
const other = asciiBytes('another')

function verify(
  verifier: Verifier,
  checks: readonly Check[],
  priority: 'urgent' | 'bulk' = 'bulk',
): Promise<readonly boolean[]> {
  return new Promise((resolve) => verifier.verify(checks, priority, resolve))
}

describe('verdicts', () => {
  test('come one for each check, in their order', async () => {
    const checks = [
      ed25519,
      { ...ed25519, message: other },
      bls,
      { ...bls, message: other },
      ed25519,
    ]
    expect(await verify(openVerifier({ workers: 0 }), checks)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ])
  })

  test('of nothing are nothing', async () => {
    expect(await verify(openVerifier({ workers: 0 }), [])).toEqual([])
  })

  test('on what is malformed are false', async () => {
    const odd = new Uint8Array(7)
    const checks: Check[] = [
      { ...ed25519, publicKey: odd },
      { ...ed25519, signature: odd },
      { ...bls, publicKeys: [odd] },
      { ...bls, publicKeys: [] },
      { ...bls, signature: odd },
    ]
    expect(await verify(openVerifier({ workers: 0 }), checks)).toEqual(checks.map(() => false))
  })
})

describe('order', () => {
  test('no answer comes within the call', async () => {
    let isWithin = true
    const wasWithin: boolean[] = []
    const verifier = openVerifier({ workers: 0 })
    const first = new Promise<void>((resolve) =>
      verifier.verify([], 'urgent', () => {
        wasWithin.push(isWithin)
        resolve()
      }),
    )
    const second = verify(verifier, [ed25519]).then(() => wasWithin.push(isWithin))
    isWithin = false
    await Promise.all([first, second])
    expect(wasWithin).toEqual([false, false])
  })

  test('bulk answers come in the order of the questions, whatever their sizes', async () => {
    const verifier = openVerifier({ workers: 0 })
    const order: number[] = []
    const sizes = [7, 0, 3, 1]
    await Promise.all(
      sizes.map((size, i) =>
        verify(verifier, new Array<Check>(size).fill(ed25519)).then(() => order.push(i)),
      ),
    )
    expect(order).toEqual([0, 1, 2, 3])
  })

  test('an urgent check goes before what is queued, and before the rest of what was begun', async () => {
    const verifier = openVerifier({ workers: 0 })
    const order: string[] = []
    const bulk = verify(verifier, new Array<Check>(400).fill(ed25519)).then(() =>
      order.push('bulk'),
    )
    await turn()
    await turn()
    const urgent = verify(verifier, [bls], 'urgent').then((verdicts) => {
      order.push('urgent')
      return verdicts
    })
    expect(await urgent).toEqual([true])
    expect(order).toEqual(['urgent'])
    await bulk
    expect(order).toEqual(['urgent', 'bulk'])
  })

  test('a large batch lets other work in between', async () => {
    const verifier = openVerifier({ workers: 0 })
    let isDone = false
    const done = verify(verifier, new Array<Check>(300).fill(ed25519)).then(() => {
      isDone = true
    })
    let turns = 0
    while (!isDone) {
      await turn()
      turns += 1
    }
    await done
    // 300 checks take some 30 ms, which is at least 7 slices.
    expect(turns).toBeGreaterThan(4)
  })
})

test('an aggregate of votes verifies; one with a malformed vote does not exist', () => {
  const verifier = openVerifier({ workers: 0 })
  expect(verifier.aggregate([bls.signature])).toEqual(bls.signature)
  expect(verifier.aggregate([bls.signature, new Uint8Array(96)])).toBeUndefined()
})

test('more than a million waiting checks are a fault of the code', () => {
  const verifier = openVerifier({ workers: 0 })
  const many = new Array<Check>(1_000_001).fill(ed25519)
  expect(() => verifier.verify(many, 'bulk', () => {})).toThrow('checks wait already')
})

test('a process whose questions are answered ends by itself, though its workers sleep', async () => {
  const url = new URL('../../../src/platform/verifier.ts', import.meta.url)
  const program = `
    const { openVerifier } = await import('${url}')
    const tell = ({ kind }) => {
      console.log(kind)
      if (kind !== 'validation-worker-ready') return
      const publicKey = new Uint8Array(32)
      const check = { kind: 'ed25519', publicKey, message: publicKey, signature: new Uint8Array(64) }
      const done = (verdicts) => console.log(verdicts.length, verifier.report().batches)
      verifier.verify(new Array(9).fill(check), 'bulk', done)
    }
    const verifier = openVerifier({ workers: 1, isEager: true, tell })
    // Until the worker is ready, nothing else would hold the process.
    const waiting = setInterval(() => verifier.report().batches > 0 && clearInterval(waiting), 5)
  `
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  expect((await run).stdout).toBe('validation-started\nvalidation-worker-ready\n9 1\n')
})
