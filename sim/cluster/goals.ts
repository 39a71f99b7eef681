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
  'peer reported',
  'peer banned',
  'damaged record found',
  'disk refused',
  'engine fed from the disk',
  'dial failed',
  'question timed out',
] as const

export type GoalName = (typeof goalNames)[number]

export class Goals {
  readonly #reached = new Set<GoalName>()
  readonly #firstLives = new Set<string>()

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
      case 'peer-reported':
        return reach('peer reported')
      case 'peer-banned':
        return reach('peer banned')
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
