/** Times of one machine, told by several of its processes, as samples of a program. */
import type { Sample } from '../program.ts'

/** Below what a clock of milliseconds can tell, and never nothing. */
const millisMin = 0.1

/** Now, in Unix milliseconds, with fractions: equal in all processes of a machine to within its clock. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/** So long it took. */
export function millisSample(part: string, millis: number): Sample {
  return { part, amount: Math.max(millisMin, millis), cpuMs: 0 }
}

/** So much of something. */
export function amountSample(part: string, amount: number): Sample {
  return { part, amount, cpuMs: 0 }
}
