/**
 * Validates blocks of which some have a certificate: one BLS signature by a quorum of the committee. Arguments: the file
 * of the chain, how many blocks, every how many there is a certificate, how many measurements,
 * their milliseconds. The amount is blocks. Certificates
 * are verified together by blst, on threads of its own, so the time is that of the whole process.
 */
import { assert, present } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import type { RecordVerdict } from '../../src/kernel/environment.ts'
import { aggregateBlsNative, type BlsCheck, nativeCrypto } from '../../src/platform/crypto.ts'
import type { RunRules } from '../../src/protocol/block/run.ts'
import { quorumOf } from '../../src/protocol/committee.ts'
import { voteSigningBytes } from '../../src/protocol/consensus/signing.ts'
import { numberArgument, writeReport } from '../program.ts'
import { chainSigners, readChain } from './chain.ts'
import { blockContenders } from './contenders.ts'
import { digestOfAccepted } from './digest.ts'
import { repeatLong } from './long-enough.ts'

const file = process.argv[2] ?? ''
const [count = 0, every = 0, measurements = 0, sampleMs = 0] = [1, 2, 3, 4].map(numberArgument)
const { rules, blocks } = readChain(file, count)
const judge = await blockContenders['kernel-fma'].open()
const crypto = nativeCrypto()
const certificates = certificatesOf(rules, judge(rules, blocks))

function certificatesOf(
  { chainTag, epoch }: RunRules,
  verdicts: readonly RecordVerdict[],
): readonly BlsCheck[] {
  const signers = chainSigners()
  const quorum = signers.slice(0, quorumOf({ epoch, members: signers }))
  return verdicts.flatMap(({ hash }, i) => {
    if ((i + 1) % every !== 0) return []
    const vote = { kind: 'finalise', slot: i + 1, block: toHex(hash) } as const
    const message = voteSigningBytes(chainTag, epoch, vote)
    const signature = aggregateBlsNative(quorum.map((signer) => signer.signVote(message)))
    const publicKeys = quorum.map(({ voteKey }) => voteKey)
    return [{ publicKeys, message, signature: present(signature, 'a certificate') }]
  })
}

let verdicts: readonly RecordVerdict[] = []
const report = await repeatLong(
  { measurements, sampleMs },
  {
    work: () => {
      verdicts = judge(rules, blocks)
      const certified = crypto.verifyBlsBatch(certificates)
      assert(
        certified.every((holds) => holds),
        'certificates that hold',
      )
      return count
    },
    check: () => digestOfAccepted(verdicts),
    clock: 'process',
  },
)
writeReport(report)
