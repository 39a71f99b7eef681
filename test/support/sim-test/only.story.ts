import { simTest } from '../../../src/public/vitest.ts'
import { dice, noSix } from './dice.ts'

simTest('is left out', dice([noSix]))
simTest.only('is the only one', dice([]), { seeds: 1 })
