/** Every kind of fault that can befall a cluster. A new one is a rule in its family's file, and a line here. */
import { present } from '../../../src/base/assert.ts'
import type { Millis } from '../../../src/base/units.ts'
import {
  clockDriftFault,
  clockJumpFault,
  clockStrobeFault,
  lateTimersFault,
  slotSkewFault,
} from './clock.ts'
import {
  falseAddressFault,
  noNewConnectionsFault,
  resetAllFault,
  resetFault,
  slowHandshakesFault,
} from './connection.ts'
import type { FaultRule } from './fault.ts'
import {
  clogFault,
  corruptFault,
  holdFault,
  loseFault,
  slowLinksFault,
  swizzleClogFault,
} from './link.ts'
import { emptyDiskFault, oldBackupFault, swapDisksFault } from './memory.ts'
import {
  cutOneWayFault,
  cutPairsFault,
  isolateFault,
  partitionFault,
  ringFault,
} from './partition.ts'
import type { Point } from './point.ts'
import {
  crashAtPointFault,
  crashFault,
  crashKeepsFault,
  silentCrashFault,
  tornCrashFault,
} from './power.ts'
import { actorCrashFault, pauseFault, restartStormFault } from './process.ts'
import { fewConnectionsFault, slowVerifierFault, stallsFault } from './resource.ts'
import {
  bitRotFault,
  latentErrorsFault,
  misdirectedIoFault,
  phantomSyncsFault,
  phantomWritesFault,
} from './rot.ts'
import { engineDownFault } from './service.ts'
import {
  diskErrorsFault,
  fullDiskFault,
  readOnlyDiskFault,
  slowDiskFault,
  stalledDiskFault,
  syncErrorsFault,
} from './storage.ts'
import {
  abortAnswersFault,
  burstLossFault,
  narrowLinksFault,
  reorderFault,
  replayFault,
  slowReaderFault,
} from './traffic.ts'

const rules = [
  // N: the network.
  slowLinksFault,
  loseFault,
  burstLossFault,
  replayFault,
  reorderFault,
  isolateFault,
  partitionFault,
  cutOneWayFault,
  ringFault,
  cutPairsFault,
  clogFault,
  swizzleClogFault,
  holdFault,
  narrowLinksFault,
  resetFault,
  noNewConnectionsFault,
  slowHandshakesFault,
  abortAnswersFault,
  corruptFault,
  falseAddressFault,
  resetAllFault,
  slowReaderFault,
  // P: machines and processes.
  crashFault,
  silentCrashFault,
  crashAtPointFault,
  pauseFault,
  actorCrashFault,
  restartStormFault,
  emptyDiskFault,
  swapDisksFault,
  oldBackupFault,
  // C: clocks.
  clockDriftFault,
  clockJumpFault,
  clockStrobeFault,
  lateTimersFault,
  slotSkewFault,
  // R: resources.
  stallsFault,
  fewConnectionsFault,
  slowVerifierFault,
  // S: storage.
  crashKeepsFault,
  tornCrashFault,
  misdirectedIoFault,
  phantomWritesFault,
  phantomSyncsFault,
  bitRotFault,
  latentErrorsFault,
  diskErrorsFault,
  syncErrorsFault,
  slowDiskFault,
  stalledDiskFault,
  fullDiskFault,
  readOnlyDiskFault,
  // X: what serves a node.
  engineDownFault,
] as const

type FaultOf<Rule> =
  Rule extends FaultRule<infer Kind, infer Facts>
    ? { readonly kind: Kind; readonly atMs: Millis; readonly on?: Point } & Facts
    : never

/**
 * What befalls a cluster, and when: at a virtual time, or, if it waits `on` something, when that happens for the nth
 * time after. Plain data.
 */
export type Fault = FaultOf<(typeof rules)[number]>

export type FaultName = Fault['kind']

/** The rules, in the order in which they are drawn and listed. */
export const faultCatalogue: readonly FaultRule<FaultName, object>[] = rules

const ruleByName = new Map(faultCatalogue.map((rule) => [rule.kind, rule]))

export function ruleOf(name: FaultName): FaultRule<FaultName, object> {
  return present(ruleByName.get(name), `a kind of fault named ${name}`)
}

/** The kinds that somebody means by a name, an alias or a row of the catalogue, whatever the case. None, if there is none. */
export function faultsMeantBy(text: string): readonly FaultName[] {
  const wanted = text.toLowerCase()
  return faultCatalogue
    .filter(({ kind, ids, aliases }) =>
      [kind, ...ids, ...aliases].some((name) => name.toLowerCase() === wanted),
    )
    .map(({ kind }) => kind)
}
