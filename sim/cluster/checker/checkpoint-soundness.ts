import type { Checker } from './checker.ts'

/**
 * I15: the block of a checkpoint is committed, and it is the one that is committed at its height, when it is made and
 * when it is found good again; and so is the block on which a node goes on after a start, by whatever it was found.
 */
export function checkpointSoundnessChecker(): Checker {
  const committed = new Map<number, string>()

  const offChain = (node: string, height: number, hash: string): string | undefined => {
    const known = committed.get(height)
    return known === undefined || known === hash || height === 0
      ? undefined
      : `${node}, height ${height}: ${hash}, where ${known} is committed`
  }
  return {
    property: 'checkpoint-soundness',
    observe: ({ node, event }) => {
      switch (event.kind) {
        case 'block-committed':
          committed.set(event.height, event.hash)
          return undefined
        case 'chain-started': {
          const broken = offChain(node, event.height, event.hash)
          // What became durable in the instant of a crash was told by nobody.
          if (broken === undefined && event.height > 0) committed.set(event.height, event.hash)
          return broken && `a start of ${broken}`
        }
        case 'checkpoint-created':
        case 'checkpoint-recovered': {
          const { height, hash } = event
          if (!committed.has(height))
            return `${node} has a checkpoint at ${height}, committed by nobody`
          const broken = offChain(node, height, hash)
          return broken && `a checkpoint of ${broken}`
        }
        default:
          return undefined
      }
    },
  }
}
