/** Records as text that a person can follow: what happened, in one line. */
import type { TraceRecord } from '../../../sim/trace/record.ts'
import { formatSeconds } from '../table.ts'

/** What happened, without when and where. */
export function whatText(record: TraceRecord): string {
  switch (record.kind) {
    case 'turn':
      return `${tailOf(record.actor)} takes ${record.message}`
    case 'event':
      return joined(record.event, record.facts)
    case 'arrival':
      return joined(arrivalText(record), record.facts)
    case 'loss': {
      const by = record.fault === undefined ? lostBy[record.by] : `fault #${record.fault}`
      return joined(`${record.what} to ${record.to} lost, by ${by}`, record.facts)
    }
    case 'timer':
      return `timer, set ${duration(record.atUs - record.setUs)} before`
    case 'fault': {
      const span = record.forUs === undefined ? '' : `for ${duration(record.forUs)}`
      return joined(`fault: ${record.fault}`, `${record.facts} ${span}`.trim())
    }
    case 'mend':
      return `fault #${record.fault} ends`
    case 'machine':
      return `machine ${record.change}`
    case 'violation':
      return `${record.property}: ${record.detail.split('\n')[0]}`
    default:
      return record satisfies never
  }
}

const lostBy = {
  rule: 'a rule',
  link: 'the link',
  queue: 'a full queue',
  gone: 'the end of its connection',
} as const

function arrivalText(record: Extract<TraceRecord, { kind: 'arrival' }>): string {
  const { way, what, from, atUs, sentUs, fault } = record
  if (way === 'connection') return `${what}: ${from}`
  const kind = way === 'gossip' ? what : `${what} ${way}`
  const held = fault === undefined ? '' : `, by fault #${fault}`
  return `${kind} from ${from}, ${duration(atUs - sentUs)} on its way${held}`
}

function joined(head: string, facts: string): string {
  return facts === '' ? head : `${head}  ${facts}`
}

/** The actor without its group. */
export function tailOf(actor: string): string {
  return actor.slice(actor.lastIndexOf('/') + 1)
}

/** Virtual seconds, to the microsecond. */
export function secondsText(us: number): string {
  return formatSeconds(us / 1_000)
}

/** Milliseconds where that is short, else seconds. */
export function duration(us: number): string {
  return us < 1_000_000 ? `${us / 1_000} ms` : `${us / 1_000_000} s`
}
