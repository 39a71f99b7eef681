/**
 * A way of scheduling on a mix of peers, in the model. Arguments: the mix, the way, how many seeds. All ways see the same
 * peers and blocks with the same seed.
 */
import { present } from '../../src/base/assert.ts'
import { numberArgument, writeReport } from '../program.ts'
import { type Contestant, contestants } from './model/contestants.ts'
import { type MixName, mixes } from './model/mixes.ts'
import { runModel } from './model/run.ts'
import { samplesOfCell } from './model-table.ts'

function named<Name extends string>(of: Readonly<Record<Name, unknown>>, name: string): Name {
  return present(Object.keys(of).find((each) => each === name) as Name | undefined, name)
}

const [mixName = '', wayName = ''] = process.argv.slice(2)
const seeds = numberArgument(2)
const mix: MixName = named(mixes, mixName)
const contestant: Contestant = named(contestants, wayName)
const runs = Array.from({ length: seeds }, (_, i) => runModel(mix, contestant, i + 1))
writeReport({ samples: samplesOfCell({ mix, contestant, runs }), check: '' })
