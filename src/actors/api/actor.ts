/**
 * What users and operators can ask of a node. This one finds the method and counts the call; the methods,
 * in `methods`, ask the actors that know. JSON-RPC framing, sizes and rates are the world's matter.
 */
import type { Actor } from '../../kernel/actor.ts'
import type { ApiAnswer, ApiMessage } from './messages.ts'
import { fault, type Methods } from './method.ts'
import { accountMethods } from './methods/accounts.ts'
import { chainMethods } from './methods/chain.ts'
import { checkpointMethods } from './methods/checkpoints.ts'
import { peerMethods } from './methods/peers.ts'
import { syncMethods } from './methods/sync.ts'
import type { ApiParts } from './parts.ts'

export class ApiActor implements Actor<ApiMessage> {
  readonly #parts: ApiParts
  readonly #methods: Methods

  constructor(parts: ApiParts) {
    this.#parts = parts
    this.#methods = {
      ...accountMethods(parts),
      ...chainMethods(parts),
      ...syncMethods(parts),
      ...peerMethods(parts),
      ...checkpointMethods(parts),
    }
  }

  receive({ method, params, reply }: ApiMessage): void {
    const run = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined
    const done = (answer: ApiAnswer): void => {
      const called = run === undefined ? 'unknown' : method
      const isError = 'error' in answer
      this.#parts.context.emit({ kind: 'api-called', method: called, isError })
      reply(answer)
    }
    if (run !== undefined) return run(params, done)
    const known = Object.keys(this.#methods).join(', ')
    done(fault('methodNotFound', `there is no method ${method.slice(0, 64)}; there are ${known}`))
  }
}
