/**
 * `alys/stack`: the simulator for code that waits. Programs of promises, timers and sockets, and the packages that they
 * use, run unmodified in virtual time; the same seed gives the same run, byte for byte.
 *
 * A `StreamWorld` is a `Simulation` (of `alys/sim`) whose machines have sockets. On behalf of a machine's program
 * `setTimeout`, `Date`, `performance`, `AbortSignal.timeout`, `Math.random`, `crypto.getRandomValues` and their kin
 * answer from the machine's clock and the world's seed; what cannot be repeated (other threads, files, real
 * sockets, keys of the operating system's chance) throws an error that names it and its place.
 *
 *     const world = new StreamWorld({ seed: 7, link: () => wideLink })
 *     world.addProgram('server', ({ sockets }) => serve(sockets))
 *     world.addProgram('client', ({ sockets }) => ask(sockets, 'server'))
 *     world.simulation.at(5_000, () => world.simulation.network.rules.add('cut', isolate(['client'])))
 *     await world.runUntil(60_000)
 *
 * Packages that ask for time or chance while they are loaded are loaded by `installStack().load`.
 * Names that are not listed here may change without notice.
 */

export type { ProgramSeat } from '../../sim/stack/network.ts'
export { type Main, StreamWorld, type StreamWorldOptions } from '../../sim/stack/stream-world.ts'
export { chunksOf, sendAll } from '../../sim/stack/wire/conversation.ts'
export type { CloseReason, Endpoint, Socket } from '../../sim/stack/wire/socket.ts'
export {
  type ConnectOptions,
  type Listener,
  type SocketCode,
  SocketError,
  type Sockets,
} from '../../sim/stack/wire/sockets.ts'
export {
  asTask,
  installStack,
  runByTurns,
  type StackOptions,
  type StackWorld,
} from '../../sim/stack/world.ts'
export { NondeterminismError } from '../tripwire/tripwire.ts'
