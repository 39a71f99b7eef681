/** Groups of records: what can be shown or hidden at once, and has a colour of its own. */

interface Group {
  readonly name: string
  /** What it says in the filter. */
  readonly title: string
  /** The variable of the style that holds its colour. */
  readonly colour: string
  /** Whether it is shown at first. */
  readonly isUsual: boolean
}

export const groups: readonly Group[] = [
  { name: 'event', title: 'Events', colour: '--event', isUsual: true },
  { name: 'turn', title: 'Turns', colour: '--turn', isUsual: false },
  { name: 'gossip', title: 'Gossip', colour: '--gossip', isUsual: true },
  { name: 'request', title: 'Requests', colour: '--request', isUsual: true },
  { name: 'answer', title: 'Answers', colour: '--answer', isUsual: true },
  { name: 'connection', title: 'Connections', colour: '--connection', isUsual: true },
  { name: 'loss', title: 'Lost', colour: '--loss', isUsual: true },
  { name: 'timer', title: 'Timers', colour: '--timer', isUsual: false },
  { name: 'fault', title: 'Faults', colour: '--fault', isUsual: true },
  { name: 'machine', title: 'Machines', colour: '--machine', isUsual: true },
  { name: 'violation', title: 'Violation', colour: '--bad', isUsual: true },
]

/** The place of a group in the list, which stands for it in columns. */
export function groupNumber(name: string): number {
  return groups.findIndex((group) => group.name === name)
}
