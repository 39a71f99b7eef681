/** The judge that defines the verdicts, on what a reader can check by hand; and signatures that are real. */
import { expect, test } from 'vitest'
import { nativeCrypto } from '../../../src/platform/crypto.ts'
import { ed25519PublicKey, verifyEd25519 } from '../../../src/protocol/crypto/ed25519.ts'
import { nobleSigner } from '../../../src/protocol/crypto/noble-signer.ts'
import { judgeRun } from '../../../src/validation/reference-run.ts'
import { RunJudge } from '../../../src/validation/run-judge.ts'
import { testParts } from '../../support/validation/run-parts.ts'
import {
  testBody,
  testBytes,
  testRules,
  testRun,
  verifyIdeal,
} from '../../support/validation/runs.ts'
import { withFlipped } from '../../support/validation/spoilt.ts'

const rules = testRules()
const bodies = [[5, 6], [], [7]].map((lengths) => testBody(lengths))
const run = testRun(rules, bodies)
const faultsOf = (blocks: readonly Uint8Array[], by = rules) =>
  judgeRun(by, blocks, verifyIdeal).map(({ fault }) => fault)

test('a good run has no faults, and its hashes are what the next blocks name as their parents', () => {
  const verdicts = judgeRun(rules, run, verifyIdeal)
  expect(verdicts.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined])
  expect(verdicts[0]?.hash).toEqual(run[1]?.slice(32, 64))
  expect(verdicts[1]?.hash).toEqual(run[2]?.slice(32, 64))
})

test('after a block that cannot be read comes one without a link; after any other fault all goes on', () => {
  const [first = new Uint8Array(0), second = new Uint8Array(0), third = new Uint8Array(0)] = run
  const [unreadable, ...others] = judgeRun(rules, [first.subarray(1), second, third], verifyIdeal)
  expect(unreadable).toEqual({ fault: 'length', hash: new Uint8Array(0) })
  expect(others.map(({ fault }) => fault)).toEqual(['link', undefined])
  expect(faultsOf([withFlipped(first, 128, 1), second, third])).toEqual([
    'signature',
    undefined,
    undefined,
  ])
  // Another state root is another hash, so the next block has another parent.
  expect(faultsOf([withFlipped(first, 96, 1), second, third])).toEqual([
    'signature',
    'link',
    undefined,
  ])
})

test('each rule has its fault', () => {
  const amended = (amend: Parameters<typeof testRun>[3]) =>
    faultsOf(testRun(rules, bodies.slice(0, 1), undefined, amend))
  const { parent } = rules
  expect(amended((header) => ({ ...header, itemCount: 3 }))).toEqual(['length'])
  expect(amended((header) => ({ ...header, chainTag: new Uint8Array(8) }))).toEqual(['chain'])
  expect(amended((header) => ({ ...header, slot: 0 }))).toEqual(['slot'])
  expect(amended((header) => ({ ...header, height: 0 }))).toEqual(['slot'])
  expect(amended((header) => ({ ...header, author: 7 }))).toEqual(['author'])
  expect(amended((header) => ({ ...header, bodyRoot: '00'.repeat(32) }))).toEqual(['root'])
  expect(amended((header) => ({ ...header, parentHash: '00'.repeat(32) }))).toEqual(['link'])
  expect(amended((header) => ({ ...header, height: header.height + 1 }))).toEqual(['height'])
  const author = parent.slot % rules.authorKeys.length
  expect(amended((header) => ({ ...header, slot: parent.slot, author }))).toEqual(['slot'])
  expect(faultsOf(run, { ...rules, epoch: 1 })).toEqual(['signature', 'signature', 'signature'])
})

test('signatures by real keys: reference, native code and kernel agree', async () => {
  const secrets = [1, 2, 3].map((salt) => testBytes(32, salt))
  const real = { ...rules, authorKeys: secrets.map(ed25519PublicKey) }
  const signers = secrets.map((secret) => nobleSigner(secret, testBytes(32, 9).with(0, 1)))
  const blocks = testRun(
    real,
    bodies,
    (author, message) => signers[author]?.signAuthor(message) ?? message,
  )
  blocks[1] = withFlipped(blocks[1] ?? new Uint8Array(0), 180, 2)
  const verdicts = judgeRun(real, blocks, verifyEd25519)
  expect(verdicts.map(({ fault }) => fault)).toEqual([undefined, 'signature', undefined])
  expect(judgeRun(real, blocks, nativeCrypto().verifyEd25519)).toEqual(verdicts)
  const judge = new RunJudge(testParts(verifyEd25519))
  expect(judge.judge(real, blocks)).toEqual(verdicts)
})
