/**
 * Changes of the code that were once listed as bugs and are none: by what else is there, nothing differs that anybody
 * could see. Each with the proof. What was planted in their place has an id of its own.
 */
import type { Equivalent } from './mutant.ts'

export const equivalents: readonly Equivalent[] = [
  {
    id: 'M-321',
    change:
      'who catches up and has 99.5 % of the chain takes part, however many blocks that leaves',
    proof:
      'The gate is asked about a state that was just made of the same facts (`#update` in src/actors/sync/actor.ts), and `nextState` leaves nobody catching up who is more than ten blocks behind: `placeOf` and `stay` say so. So the second comparison of `canProduce` is always true where it is reached. M-326 takes away the first.',
  },
]
