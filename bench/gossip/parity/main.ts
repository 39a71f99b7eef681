/**
 * Plays one load on one stage. Arguments: the number of the stage, the peers, the blocks, the bytes of a body, how bodies
 * travel.
 */
import { z } from 'zod'
import { assert, present } from '../../../src/base/assert.ts'
import { numberArgument, writeReport } from '../../program.ts'
import { amountSample, millisSample } from '../timing.ts'
import { stages } from './worlds.ts'

const [stage = 0, peers = 0, blocks = 0, bodyBytes = 0] = [0, 1, 2, 3].map(numberArgument)
const way = z.enum(['gossiped', 'fetched']).parse(process.argv[6])
const { world } = present(stages[stage], 'a stage')
const { deliveryMs, wireBytes } = await world.play({ peers, blocks, bodyBytes, way })
const expected = blocks * (peers - 1)
assert(deliveryMs.length > 0, 'something is delivered')
writeReport({
  samples: [
    ...deliveryMs.map((ms) => millisSample('delivery', ms)),
    amountSample('delivered, of 1', deliveryMs.length / expected),
    amountSample('wire bytes a block', wireBytes / blocks),
    amountSample('copies', wireBytes / (deliveryMs.length * bodyBytes)),
  ],
  check: '',
})
