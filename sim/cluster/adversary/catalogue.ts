/**
 * Every adversary, by name: which behaviour of the catalogue of Byzantine faults it is (B1 to B18), by what other names
 * that is known (those of the reference project's chaos framework), and what correct nodes owe in spite of it.
 *
 * A liar is a member, with its keys, and of members as many may lie as the quorum bears (2q − n − 1). A peer has no keys
 * that count, and of peers there may be any number.
 */
import type { HostileParts, LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { silentInGossip } from './attacker.ts'
import { badProposer, outOfTurn } from './bad-proposer.ts'
import { blockFaultNames, turnFaultNames } from './block-faults.ts'
import { certificateForger, certificateForgeryNames } from './certificate-forger.ts'
import { bomber, bombNames } from './decoder-bombs.ts'
import { doubleVoter, twoFacedVoter } from './double-voter.ts'
import { downloadLiar } from './download-liar.ts'
import { equivocator } from './equivocator.ts'
import { forgetful } from './forgetful.ts'
import { mutator } from './mutator.ts'
import { oldVoter } from './old-voter.ts'
import {
  bodyForger,
  bodyThief,
  formChanger,
  justificationSpoiler,
  justificationThief,
} from './proposal-spoiler.ts'
import { bodyWithholder, selectiveDelayer, voteWithholder } from './withholder.ts'

/** Safety, as the standing checkers have it, is owed always; these come besides. */
export type Duty =
  /** Blocks come although it is there: at the full pace, or as if it were silent. */
  | 'full-pace'
  | 'progress'
  /** Proof is kept against it, and against nobody else. */
  | 'evidence'
  /** It is reported as a peer, and nobody else is. */
  | 'report'

interface Entry {
  /** As in the catalogue: B1 … B18. */
  readonly id: string
  readonly aliases: readonly string[]
  readonly duties: readonly Duty[]
}

export interface Liar extends Entry {
  /** Made anew for each world; what it has to draw it draws from the liar's own stream. */
  readonly make: (parts: LiarParts) => WrapEnvironment
}

export interface HostilePeer extends Entry {
  readonly make: (parts: HostileParts) => WrapEnvironment
}

/** Members that break the rules. */
export const liars = {
  equivocator: {
    ...{ id: 'B1', aliases: ['NothingAtStake'], duties: ['progress', 'evidence'] },
    make: equivocator,
  },
  'double-voter': {
    ...{ id: 'B2', aliases: ['NothingAtStake'], duties: ['progress', 'evidence'] },
    make: doubleVoter,
  },
  'two-faced-voter': { id: 'B2', aliases: [], duties: ['progress'], make: twoFacedVoter },
  'old-voter': { id: 'B3', aliases: [], duties: ['full-pace'], make: oldVoter },
  'out-of-turn': {
    ...{ id: 'B5', aliases: ['Grinding', 'TimingAttack'], duties: ['full-pace', 'report'] },
    make: (parts) => outOfTurn(parts.random.shuffle(turnFaultNames))(parts),
  },
  'body-withholder': {
    ...{ id: 'B6', aliases: ['Withholding'], duties: ['progress'] },
    make: bodyWithholder,
  },
  'vote-withholder': {
    ...{ id: 'B6', aliases: ['Withholding'], duties: ['progress'] },
    make: voteWithholder,
  },
  'selective-delayer': {
    ...{ id: 'B6', aliases: ['SelectiveDelay'], duties: ['progress'] },
    make: selectiveDelayer,
  },
  'bad-proposer': {
    ...{ id: 'B7', aliases: [], duties: ['progress', 'report'] },
    make: (parts) => badProposer(parts.random.shuffle(blockFaultNames))(parts),
  },
  'download-liar': {
    ...{ id: 'B9', aliases: ['DataCorruption'], duties: ['full-pace', 'report'] },
    make: downloadLiar,
  },
  mutator: { id: 'B14', aliases: ['RandomByzantine'], duties: ['progress'], make: mutator },
  forgetful: { id: 'B15', aliases: [], duties: ['progress'], make: forgetful(5_000) },
  'everything-at-once': {
    ...{ id: 'B1, B2, B6', aliases: ['CoordinatedAttack'], duties: ['progress'] },
    make: (parts) => {
      const wraps = [equivocator, doubleVoter, selectiveDelayer].map((make) => make(parts))
      return (environment) => wraps.reduce((seen, wrap) => wrap(seen), environment)
    },
  },
} satisfies Readonly<Record<string, Liar>>

/** Peers that break the rules without a member's keys. `fromMs` is when those begin that begin by themselves. */
export const hostilePeers = {
  'certificate-forger': {
    ...{ id: 'B4', aliases: [], duties: ['full-pace', 'report'] },
    make: (parts) => certificateForger(parts.random.pick(certificateForgeryNames))(parts),
  },
  'justification-spoiler': {
    ...{ id: 'B4', aliases: [], duties: ['full-pace', 'report'] },
    make: justificationSpoiler,
  },
  'body-thief': {
    ...{ id: 'B6', aliases: ['Withholding'], duties: ['full-pace'] },
    make: bodyThief,
  },
  'body-forger': {
    ...{ id: 'B9', aliases: ['DataCorruption'], duties: ['full-pace', 'report'] },
    make: bodyForger,
  },
  'justification-thief': {
    ...{ id: 'B4', aliases: [], duties: ['full-pace'] },
    make: justificationThief,
  },
  'silent-in-gossip': {
    ...{ id: 'B12', aliases: ['EclipseAttack', 'SybilAttack'], duties: ['full-pace'] },
    make: () => silentInGossip,
  },
  'form-changer': {
    ...{ id: 'B17', aliases: [], duties: ['full-pace', 'report'] },
    make: formChanger,
  },
  bomber: {
    ...{ id: 'B17', aliases: [], duties: ['full-pace', 'report'] },
    make: (parts) => bomber(parts.random.pick(bombNames), 8_000)(parts),
  },
} satisfies Readonly<Record<string, HostilePeer>>
