/**
 * What a judge has to know before it judges anything: a run whose blocks are right, blocks each with one fault, and
 * signatures of which some are forged and one is odd. A judge that answers any of it wrong is not used.
 *
 * This tells a machine on which a kernel does not work from one on which it does. It is no proof that a kernel is
 * right; that is for the tests.
 */
import { present } from '../../base/assert.ts'
import { asciiBytes, concatBytes, equalBytes } from '../../base/bytes.ts'
import { encodeBlock } from '../../protocol/block/block.ts'
import { type Body, bodyRoot } from '../../protocol/block/body.ts'
import { type Header, headerHash } from '../../protocol/block/header.ts'
import type { RunFault, RunRules, RunVerdict } from '../../protocol/block/run.ts'
import { headerSigningBytes } from '../../protocol/consensus/signing.ts'
import { blsSecretFrom } from '../../protocol/crypto/bls.ts'
import type { Signer } from '../../protocol/crypto/signer.ts'
import { hashToBytes, zeroHash } from '../../protocol/hash.ts'
import { blstSigner } from '../crypto.ts'
import type { Ed25519Check, WorkerJudge } from './judge.ts'
import { readRunVerdicts, runVerdictsIn } from './task.ts'

/** More than two batches of small kernels' inner loops, and an odd number. */
const blocksCount = 37
const authorsCount = 3
const chainTag = asciiBytes('known-an')
const epoch = 7

/** A run, and what is to be said of it. */
interface KnownRun {
  readonly rules: RunRules
  readonly blocks: readonly Uint8Array[]
  readonly verdicts: readonly RunVerdict[]
}

interface KnownAnswers {
  readonly runs: readonly KnownRun[]
  readonly checks: readonly Ed25519Check[]
  readonly isRight: readonly boolean[]
}

let made: KnownAnswers | undefined

/** Whether the judge answers everything as it should. A throw of it is an answer too: no. */
export function passesKnownAnswers(judge: WorkerJudge): boolean {
  made ??= makeAnswers()
  const { runs, checks, isRight } = made
  try {
    const verified = judge.verify(checks)
    return (
      runs.every((run) => isSame(judge.judge(run.rules, run.blocks), run.verdicts)) &&
      runs.every((run) => isSame(packedVerdicts(judge, run), run.verdicts)) &&
      verified.length === isRight.length &&
      verified.every((verdict, i) => verdict === isRight[i])
    )
  } catch {
    return false
  }
}

function packedVerdicts(judge: WorkerJudge, { rules, blocks }: KnownRun): readonly RunVerdict[] {
  const lengths = Uint32Array.from(blocks, ({ length }) => length)
  // What was there before must not matter.
  const output = new Uint8Array(33 * blocks.length).fill(0xff)
  judge.judgePacked(
    rules,
    { bytes: concatBytes(...blocks), lengths },
    runVerdictsIn(output, blocks.length),
  )
  return readRunVerdicts(output, blocks.length)
}

function isSame(found: readonly RunVerdict[], wanted: readonly RunVerdict[]): boolean {
  if (found.length !== wanted.length) return false
  return found.every(({ fault, hash }, i) => {
    const { fault: wantedFault, hash: wantedHash } = present(wanted[i], 'as many verdicts')
    return fault === wantedFault && equalBytes(hash, wantedHash)
  })
}

// ----- the answers -----

function makeAnswers(): KnownAnswers {
  const signers = Array.from({ length: authorsCount }, (_, author) =>
    blstSigner(new Uint8Array(32).fill(author + 1), blsSecretFrom(new Uint8Array(32).fill(9))),
  )
  const run = runOf(signers)
  return { runs: [run.good, ...faultyRuns(signers, run.good, run.headers)], ...signatures(signers) }
}

/** Item lengths about the block and chunk lengths of BLAKE3, 64 and 1,024 bytes; the counts make uneven trees. */
function bodyOf(index: number): Body {
  const lengths = [0, 1, 63, 64, 65, 110, 1_023, 1_024, 1_025, 2_500]
  return Array.from({ length: index % 9 }, (_, i) => {
    const length = present(lengths[(index + 3 * i) % lengths.length], 'a length')
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + index + i) & 0xff)
    return { kind: i === 0 ? 'payload' : 'transaction', bytes }
  })
}

function runOf(signers: readonly Signer[]) {
  const headers: Header[] = []
  const blocks: Uint8Array[] = []
  const verdicts: RunVerdict[] = []
  let parentHash = zeroHash
  for (let i = 0; i < blocksCount; i += 1) {
    const body = bodyOf(i)
    // Now and then a slot without a block.
    const slot = 10 + i + Math.floor(i / 5)
    const header: Header = {
      ...{ version: 1, author: slot % authorsCount, itemCount: body.length, height: i + 1, slot },
      ...{ chainTag, parentHash, bodyRoot: bodyRoot(body), stateRoot: zeroHash },
    }
    parentHash = headerHash(header)
    headers.push(header)
    blocks.push(signed(signers, header, body))
    verdicts.push({ fault: undefined, hash: hashToBytes(parentHash) })
  }
  const authorKeys = signers.map(({ authorKey }) => authorKey)
  const parent = { hash: hashToBytes(zeroHash), height: 0, slot: 9 }
  const rules = { chainTag, epoch, authorKeys, parent }
  return { headers, good: { rules, blocks, verdicts } }
}

function signed(signers: readonly Signer[], header: Header, body: Body): Uint8Array {
  const hash = headerHash(header)
  const signer = present(signers[header.author % signers.length], 'an author')
  const signature = signer.signAuthor(headerSigningBytes(chainTag, epoch, hash))
  return encodeBlock({ signed: { header, hash, signature }, body })
}

/** The good run with one block replaced, for each fault; its successor then links to nothing, so it is the last. */
function faultyRuns(
  signers: readonly Signer[],
  { rules, blocks, verdicts }: KnownRun,
  headers: readonly Header[],
): readonly KnownRun[] {
  const at = 13
  const header = present(headers[at], 'a header')
  const good = present(blocks[at], 'a block')
  const body = bodyOf(at)
  const faulty = (fault: RunFault, changed: Header, bytes?: Uint8Array): KnownRun => ({
    rules,
    blocks: [...blocks.slice(0, at), bytes ?? signed(signers, changed, body)],
    verdicts: [...verdicts.slice(0, at), { fault, hash: hashToBytes(headerHash(changed)) }],
  })
  const flipped = good.slice()
  flipped[150] = (flipped[150] ?? 0) ^ 1
  const cut: KnownRun = {
    rules,
    blocks: [...blocks.slice(0, at), good.subarray(0, good.length - 1)],
    verdicts: [...verdicts.slice(0, at), { fault: 'length', hash: new Uint8Array(0) }],
  }
  const early = present(headers[at - 1], 'a header').slot - authorsCount
  return [
    cut,
    faulty('chain', { ...header, chainTag: asciiBytes('stranger') }),
    faulty('slot', { ...header, slot: 0, author: 0 }),
    faulty('slot', { ...header, slot: early, author: early % authorsCount }),
    faulty('author', { ...header, author: (header.author + 1) % authorsCount }),
    faulty('root', { ...header, bodyRoot: zeroHash }),
    faulty('link', { ...header, parentHash: zeroHash }),
    faulty('height', { ...header, height: header.height + 1 }),
    faulty('signature', header, flipped),
  ]
}

function signatures(signers: readonly Signer[]) {
  const good = Array.from({ length: 21 }, (_, i): Ed25519Check => {
    const signer = present(signers[i % signers.length], 'a signer')
    const message = new Uint8Array(3 * i).fill(i)
    const { authorKey: publicKey } = signer
    return { kind: 'ed25519', publicKey, message, signature: signer.signAuthor(message) }
  })
  // The neutral element as key and as R, and S = 0: ZIP-215 accepts it for every message.
  const neutral = new Uint8Array(32)
  neutral[0] = 1
  const odd: Ed25519Check = {
    ...{ kind: 'ed25519', publicKey: neutral, message: asciiBytes('any') },
    signature: new Uint8Array(64).fill(1, 0, 1),
  }
  const forged = good.slice(0, 2).map((check) => ({ ...check, message: asciiBytes('another') }))
  const checks = [...good.slice(0, 9), ...forged, ...good.slice(9), odd]
  return { checks, isRight: checks.map((check) => !forged.includes(check)) }
}
