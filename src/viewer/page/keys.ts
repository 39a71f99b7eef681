/** What keys do. The same list answers the keyboard and fills the page of help. */
import type { Deed } from './state.ts'

/** What has to do with the focus of the page is no change of what it shows. */
export type KeyAct = Deed | { readonly kind: 'focus-search' }

interface Key {
  /** As the browser names them. */
  readonly keys: readonly string[]
  /** As people do. */
  readonly shown: readonly string[]
  readonly what: string
  readonly act: (key: string, isShift: boolean) => KeyAct
}

/** Of two keys that do the same in two directions, whether this is the one for earlier. */
function signOf(key: string): 1 | -1 {
  return key === 'ArrowLeft' || key === ',' || key === 'N' ? -1 : 1
}

const closer = ['+', '=', 'ArrowUp']

export const keyList: readonly Key[] = [
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    shown: ['←', '→'],
    what: 'Move the cursor; with Shift by a tenth of what is in view',
    act: (key, isShift) => ({ kind: 'step', by: signOf(key), isBig: isShift }),
  },
  {
    keys: ['Home', 'End'],
    shown: ['Home', 'End'],
    what: 'To the beginning, to the end',
    act: (key) => ({ kind: 'jump', to: key === 'Home' ? 'begin' : 'end' }),
  },
  {
    keys: [...closer, '-', '_', 'ArrowDown'],
    shown: ['+', '−', '↑', '↓'],
    what: 'Closer, further away, about the cursor',
    act: (key) => ({ kind: 'zoom', factor: closer.includes(key) ? 0.5 : 2 }),
  },
  { keys: ['0'], shown: ['0'], what: 'The whole run', act: () => ({ kind: 'fit' }) },
  {
    keys: [',', '.'],
    shown: [',', '.'],
    what: 'The record before, the record after, on the same node',
    act: (key) => ({ kind: 'neighbour', by: signOf(key) }),
  },
  {
    keys: ['v'],
    shown: ['v'],
    what: 'To the violation',
    act: () => ({ kind: 'jump', to: 'violation' }),
  },
  {
    keys: ['w'],
    shown: ['w'],
    what: 'Why: light up what led to the chosen record; of the violation, also what was known',
    act: () => ({ kind: 'slice' }),
  },
  {
    keys: ['/'],
    shown: ['/'],
    what: 'Search. Words, or node:n1, kind:gossip, name:vote-sent',
    act: () => ({ kind: 'focus-search' }),
  },
  {
    keys: ['n', 'N'],
    shown: ['n', 'N'],
    what: 'The next that was found, the one before',
    act: (key) => ({ kind: 'next-found', by: signOf(key) }),
  },
  {
    keys: ['f'],
    shown: ['f'],
    what: 'Filter: what is shown, and what is not',
    act: () => ({ kind: 'panel', panel: 'filter' }),
  },
  {
    keys: ['?'],
    shown: ['?'],
    what: 'This list',
    act: () => ({ kind: 'panel', panel: 'help' }),
  },
  {
    keys: ['Escape'],
    shown: ['Esc'],
    what: 'Close, let go',
    act: () => ({ kind: 'escape' }),
  },
]

const byKey = new Map(keyList.flatMap((entry) => entry.keys.map((key) => [key, entry])))

export function actFor(key: string, isShift: boolean): KeyAct | undefined {
  return byKey.get(key)?.act(key, isShift)
}
