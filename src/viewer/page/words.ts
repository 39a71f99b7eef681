/** Numbers and moments in the words of the page. */
import { durationText, secondsText } from '../time/ticks.ts'

/** With a thin space between thousands. */
export function counted(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** `1 record`, `2 records`. */
export function plural(count: number, noun: string): string {
  return `${counted(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A moment to the microsecond. */
export function momentText(us: number): string {
  return secondsText(us, 6)
}

/** How much earlier or later than another moment. */
export function apartText(us: number): string {
  if (us === 0) return 'same time'
  return us < 0 ? `−${durationText(-us)}` : `+${durationText(us)}`
}
