/** Loaded before a program: its LevelDB refuses every write once it has written a second block. */
import { ClassicLevel } from 'classic-level'

const prototype: object = ClassicLevel.prototype
const write: unknown = Reflect.get(prototype, '_batch')
let isBroken = false

Reflect.set(
  prototype,
  '_batch',
  function batch(this: unknown, ...args: readonly unknown[]): unknown {
    isBroken ||= JSON.stringify(args[0]).includes('block/00000000000002')
    if (isBroken) return Promise.reject(new Error('the disk is broken'))
    return typeof write === 'function' ? write.apply(this, args) : undefined
  },
)
