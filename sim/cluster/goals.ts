/**
 * Things that should happen in some run of a sweep, or the sweep was tame. A goal that no seed reached
 * is reported; reaching one proves nothing by itself.
 */
import type { Observed } from './checker/checker.ts'

export const goalNames = [
  'blocks committed by votes',
  'blocks committed by a run',
  'several blocks committed at once',
  'transactions committed',
  'slots given up',
  'vote record read back',
  'actor restarted',
  'evidence of a liar found',
  'gate closed again',
  'segment proven',
  'run imported',
  'fetch given up',
  'sync failed',
  'sync recovered',
  'checkpoint created',
  'peer reported',
  'peer banned',
  'peer banned by proof',
  'damaged record found',
  'disk refused',
  'engine fed from the disk',
  'dial failed',
  'question timed out',
] as const

export type GoalName = (typeof goalNames)[number]

export class Goals {
  readonly #reached = new Set<GoalName>()
  /** Lives whose gate has been open. */
  readonly #firstLives = new Set<string>()
  /** Lives whose sync has failed. */
  readonly #failed = new Set<string>()

  get reached(): readonly GoalName[] {
    return goalNames.filter((name) => this.#reached.has(name))
  }

  observe({ node, life, event }: Observed): void {
    const reach = (name: GoalName, condition = true): void => {
      if (condition) this.#reached.add(name)
    }
    switch (event.kind) {
      case 'block-committed':
        reach('blocks committed by votes', event.source === 'votes')
        reach('blocks committed by a run', event.source === 'run')
        reach('several blocks committed at once', event.finalisation === undefined)
        return reach('transactions committed', event.transactions > 0)
      case 'vote-sent':
        return reach('slots given up', event.vote.vote.kind === 'nullify')
      case 'chain-started':
        return reach('vote record read back', life > 1 && !event.lostVotes)
      case 'actor-started':
        return reach('actor restarted', event.life > 1)
      case 'evidence-found':
        return reach('evidence of a liar found')
      case 'gate-changed': {
        const isFirst = !this.#firstLives.has(`${node} ${life}`)
        if (event.isOpen) this.#firstLives.add(`${node} ${life}`)
        return reach('gate closed again', !event.isOpen && !isFirst)
      }
      case 'segment-proven':
        return reach('segment proven')
      case 'run-imported':
        return reach('run imported')
      case 'part-fetched':
        return reach('fetch given up', event.outcome === 'cancelled')
      case 'sync-state-changed':
        if (event.to === 'failed') this.#failed.add(`${node} ${life}`)
        reach('sync failed', event.to === 'failed')
        return reach('sync recovered', event.to === 'synced' && this.#failed.has(`${node} ${life}`))
      case 'checkpoint-created':
        return reach('checkpoint created')
      case 'peer-reported':
        return reach('peer reported')
      case 'peer-banned':
        reach('peer banned')
        return reach('peer banned by proof', event.as === 'proof')
      case 'record-corrupt':
        return reach('damaged record found')
      case 'store-failed':
        return reach('disk refused')
      case 'engine-behind':
        return reach('engine fed from the disk')
      case 'dial-failed':
        return reach('dial failed')
      case 'ask-timed-out':
        return reach('question timed out')
      default:
        return
    }
  }
}
