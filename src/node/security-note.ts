/**
 * Which of the events of a node are matters of security, and what each of them says: who, what, in a few words. For
 * the security log, which a person reads afterwards. There is nothing in it that is not public, or told to peers
 * anyway: identities, words of this code, numbers of members.
 */
import type { Offence } from '../actors/peer/messages.ts'
import type { PeerId } from '../kernel/environment.ts'
import type { KernelEvent } from '../kernel/trace.ts'
import type { NodeEvent } from './event.ts'

/**
 * `banned`, `unbanned`. `authentication-failed`: a statement that is expired, of another peer, or not signed by the
 * member. `forged`: proven lies. `malformed`: bytes that cannot be read. `misconduct`: what is wrong and may be an
 * error. `overuse`: it does not slow down when told to. `eclipse-suspected`: few choose what this node sees. `other-chain`.
 * `member-misconduct`: a federation peer does what another is banned for. `equivocation`: there is proof that a member
 * broke its word. `contradiction`: certificates contradict each other.
 */
export type SecurityCode =
  | 'banned'
  | 'unbanned'
  | 'authentication-failed'
  | 'forged'
  | 'malformed'
  | 'misconduct'
  | 'overuse'
  | 'eclipse-suspected'
  | 'other-chain'
  | 'member-misconduct'
  | 'equivocation'
  | 'contradiction'

export interface SecurityNote {
  readonly code: SecurityCode
  /** Whom it is about; undefined if nobody in particular. */
  readonly subject: PeerId | undefined
  readonly detail: string
}

/** Undefined if an event is no matter of security. */
export function securityNoteOf(event: NodeEvent | KernelEvent): SecurityNote | undefined {
  switch (event.kind) {
    case 'peer-banned': {
      const { as, reason, forMs } = event
      const detail = `${as}: ${reason}, for ${Math.round(forMs / 1_000)} s`
      return { code: 'banned', subject: event.peer, detail }
    }
    case 'peer-unbanned':
      return { code: 'unbanned', subject: event.peer, detail: event.why }
    case 'statement-refused':
      return { code: 'authentication-failed', subject: event.peer, detail: event.why }
    case 'peer-reported':
      return ofOffence(event.peer, event.offence)
    case 'frame-malformed': {
      const { what, field } = event
      return { code: 'malformed', subject: event.peer, detail: `${what}: ${field}` }
    }
    case 'federation-peer-paused':
      return { code: 'member-misconduct', subject: event.peer, detail: event.offence }
    case 'announcers-few': {
      const detail = `new blocks come first from ${event.netgroups} neighbourhoods alone`
      return { code: 'eclipse-suspected', subject: undefined, detail }
    }
    case 'evidence-found': {
      const { evidence } = event
      const member = evidence.kind === 'double-proposal' ? evidence.author : evidence.first.signer
      const detail = `${evidence.kind} by member ${member}`
      return { code: 'equivocation', subject: undefined, detail }
    }
    case 'chain-halted':
      return { code: 'contradiction', subject: undefined, detail: event.detail }
    default:
      return undefined
  }
}

/** `malformed` is told with the frame. */
function ofOffence(subject: PeerId, offence: Offence): SecurityNote | undefined {
  const code = codes[offence]
  return code === undefined ? undefined : { code, subject, detail: offence }
}

const codes: Readonly<Record<Offence, SecurityCode | undefined>> = {
  forged: 'forged',
  'equivocating-status': 'forged',
  malformed: undefined,
  'other-chain': 'other-chain',
  invalid: 'misconduct',
  'wrong-answer': 'misconduct',
  'height-claim': 'misconduct',
  'unproven-claim': 'misconduct',
  stall: 'misconduct',
  'over-limit': 'overuse',
}
