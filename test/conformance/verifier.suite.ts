/**
 * What every verifier must do, simulated or real: the laws of the seam, the verdicts, and their order.
 *
 * Says nothing about how long anything takes, nor on which thread it is done.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { asciiBytes } from '../../src/base/bytes.ts'
import type { Check, RecordVerdict, Verifier } from '../../src/kernel/environment.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { judgeRun, type VerifySignature } from '../../src/validation/reference-run.ts'
import {
  drawsFrom,
  type SampleScheme,
  sampleRun,
  spoiled,
} from '../support/validation/sample-run.ts'

export interface OpenVerifier {
  readonly verifier: Verifier
  /** Whose signatures this world accepts: three of them. */
  readonly signers: readonly Signer[]
  /** Of authors. */
  readonly verifySignature: VerifySignature
  /** Lets the world run until `isDone` holds; rejects if that takes longer than some seconds. */
  settle(isDone: () => boolean): Promise<void>
  /** Lets the world run for about `ms`, to see that nothing more happens. */
  rest(ms: number): Promise<void>
  close(): Promise<void>
}

const priorities = ['urgent', 'bulk'] as const
const message = asciiBytes('a message')

/** The suite's own hand on a verifier. */
function handOf(opened: OpenVerifier) {
  const { verifier, signers, verifySignature } = opened
  const [signer] = signers
  if (signer === undefined) throw new Error('a signer')
  const publicKeys = signers.map(({ voteKey }) => voteKey)
  const votes = signers.map((each) => each.signVote(message))
  const ed25519: Check = {
    ...{ kind: 'ed25519', publicKey: signer.authorKey },
    ...{ message, signature: signer.signAuthor(message) },
  }
  const bls: Check = {
    ...{ kind: 'bls', publicKeys, message },
    signature: verifier.aggregate(votes) ?? new Uint8Array(0),
  }
  const scheme: SampleScheme = {
    authorKeys: signers.map(({ authorKey }) => authorKey),
    sign: (author, bytes) => signers[author]?.signAuthor(bytes) ?? new Uint8Array(0),
    verify: verifySignature,
  }
  async function ask<Answer>(call: (done: (answer: Answer) => void) => void): Promise<Answer> {
    const answers: Answer[] = []
    call((answer) => answers.push(answer))
    await opened.settle(() => answers.length > 0)
    const [answer] = answers
    if (answer === undefined) throw new Error('no answer')
    return answer
  }
  return {
    ...{ ed25519, bls, votes, scheme },
    verify: (checks: readonly Check[], priority: 'urgent' | 'bulk' = 'bulk') =>
      ask<readonly boolean[]>((done) => verifier.verify(checks, priority, done)),
    validate: (rules: Uint8Array, records: readonly Uint8Array[]) =>
      ask<readonly RecordVerdict[]>((done) => verifier.validate({ rules, records }, 'bulk', done)),
  }
}

export function verifierSuite(name: string, open: () => Promise<OpenVerifier>): void {
  let opened: OpenVerifier | undefined

  async function start() {
    opened = await open()
    return { ...opened, ...handOf(opened) }
  }

  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  describe(`${name} verifier: checks`, () => {
    test('verdicts come one for each check, in their order', async () => {
      const { verify, ed25519, bls } = await start()
      const other = { message: asciiBytes('another') }
      const pattern = [bls, ed25519, { ...ed25519, ...other }, { ...bls, ...other }, ed25519]
      const checks = [...pattern, ...pattern, ...pattern]
      const wanted = checks.map((check) => check === bls || check === ed25519)
      expect(await verify(checks)).toEqual(wanted)
      expect(await verify(checks, 'urgent')).toEqual(wanted)
      expect(await verify(pattern.slice(1, 3))).toEqual([true, false])
      expect(await verify([])).toEqual([])
    })

    test('malformed keys and signatures are wrong, and no fault', async () => {
      const { verify, ed25519, bls } = await start()
      const odd = new Uint8Array(7)
      const checks: readonly Check[] = [
        { ...ed25519, publicKey: odd } as Check,
        { ...ed25519, signature: odd },
        { ...ed25519, signature: new Uint8Array(64) },
        { ...bls, publicKeys: [odd] } as Check,
        { ...bls, publicKeys: [] } as Check,
        { ...bls, signature: odd },
        { ...bls, signature: new Uint8Array(96).fill(0xff) },
      ]
      expect(await verify(checks)).toEqual(checks.map(() => false))
    })

    test('an aggregate of some keys is not one of others', async () => {
      const { verify, bls } = await start()
      if (bls.kind !== 'bls') throw new Error('an aggregate')
      const fewer = { ...bls, publicKeys: bls.publicKeys.slice(1) }
      expect(await verify([fewer, bls, fewer, bls, bls])).toEqual([false, true, false, true, true])
    })

    test('what is malformed has no aggregate', async () => {
      const { verifier, votes } = await start()
      expect(verifier.aggregate(votes)).toHaveLength(96)
      expect(verifier.aggregate([...votes, new Uint8Array(9)])).toBeUndefined()
    })
  })

  describe(`${name} verifier: runs`, () => {
    test('of good records are good, and known by their hashes', async () => {
      const { validate, scheme } = await start()
      const { rules, records } = sampleRun(scheme, 30)
      const verdicts = await validate(rules, records)
      expect(verdicts.map(({ fault }) => fault)).toEqual(records.map(() => undefined))
      // Each names the one before, at byte 32 of its header.
      expect(verdicts.slice(0, -1).map(({ hash }) => [...hash])).toEqual(
        records.slice(1).map((record) => [...record.subarray(32, 64)]),
      )
      expect(await validate(rules, [])).toEqual([])
    })

    test('of good and bad records get the verdicts of the reference', async () => {
      const { validate, scheme } = await start()
      const { rules, records, parsed } = sampleRun(scheme, 40)
      for (let seed = 0; seed < 3; seed += 1) {
        const mixed = spoiled(records, drawsFrom(40 + seed))
        expect(await validate(rules, mixed)).toEqual(judgeRun(parsed, mixed, scheme.verify))
      }
    })

    test('of records of no sense at all are refused, and no fault', async () => {
      const { validate, scheme } = await start()
      const { rules } = sampleRun(scheme, 1)
      const records = [0, 1, 191, 192, 194, 70_000].map((length) => new Uint8Array(length).fill(3))
      const refused = { fault: 'length', hash: new Uint8Array(0) }
      expect(await validate(rules, records)).toEqual(records.map(() => refused))
    })
  })

  describe(`${name} verifier: laws`, () => {
    test('no answer comes within the call, and each comes once', async () => {
      const { verifier, scheme, ed25519, settle, rest } = await start()
      const { rules, records } = sampleRun(scheme, 12)
      let isWithin = true
      const answers: string[] = []
      for (const priority of priorities) {
        for (const count of [0, 1, 12]) {
          const note = (what: string) => () => {
            answers.push(`${what} ${priority} ${count} ${isWithin}`)
          }
          const checks = new Array<Check>(count).fill(ed25519)
          verifier.verify(checks, priority, note('verify'))
          const run = { rules, records: records.slice(0, count) }
          verifier.validate(run, priority, note('validate'))
        }
      }
      isWithin = false
      await settle(() => answers.length >= 12)
      await rest(20)
      expect(answers).toHaveLength(12)
      expect(new Set(answers).size).toBe(12)
      expect(answers.some((answer) => answer.endsWith('true'))).toBe(false)
    })

    test('an answer may ask again', async () => {
      const { verifier, scheme, settle } = await start()
      const { rules, records } = sampleRun(scheme, 5)
      let asked = 0
      const again = (): void => {
        asked += 1
        if (asked < 20) verifier.validate({ rules, records }, 'urgent', again)
      }
      again()
      await settle(() => asked === 20)
      expect(asked).toBe(20)
    })

    test('answers of one priority come in the order of the questions, however long each takes', async () => {
      const { verifier, scheme, ed25519, settle } = await start()
      const { rules, records } = sampleRun(scheme, 10)
      const order: number[] = []
      for (let i = 0; i < 12; i += 1) {
        const note = (): void => void order.push(i)
        if (i % 3 === 0) verifier.validate({ rules, records }, 'bulk', note)
        else verifier.verify(new Array<Check>(i % 3 === 1 ? 0 : 8).fill(ed25519), 'bulk', note)
      }
      await settle(() => order.length === 12)
      expect(order).toEqual(Array.from({ length: 12 }, (_, i) => i))
    })

    test('urgent questions are answered before bulk that was asked earlier and waits', async () => {
      const { verifier, scheme, settle } = await start()
      const { rules, records } = sampleRun(scheme, 10)
      const order: string[] = []
      for (let i = 0; i < 40; i += 1) {
        verifier.validate({ rules, records }, 'bulk', () => order.push('bulk'))
      }
      verifier.validate({ rules, records: records.slice(0, 9) }, 'urgent', () =>
        order.push('urgent'),
      )
      await settle(() => order.length === 41)
      expect(order.indexOf('urgent')).toBeLessThan(20)
    })
  })
}
