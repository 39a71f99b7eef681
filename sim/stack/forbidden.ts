/**
 * What a host may not call, since nothing can make it repeatable: what works on other threads and comes back when
 * it is done, what reaches out of the process, what draws on the chance of the operating system, and
 * what depends on the machine. Each such call throws an error that names it and its place.
 *
 * Functions like `Math.log`, of which processors differ in the last bit, are allowed: libraries are full of them.
 * So runs repeat on machines of one kind, while those of the synchronous simulator do on all.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { builtIn, functionsOf } from '../../src/tripwire/tripwire.ts'
import type { Ambients } from './ambient.ts'

/** Modules of which every function and class reaches out of the process, or into its machinery. */
const wholeModules = [
  ...['fs', 'fs/promises', 'net', 'tls', 'dgram', 'dns', 'dns/promises', 'http', 'https', 'http2'],
  ...['child_process', 'cluster', 'worker_threads', 'readline', 'readline/promises'],
  'os',
]
const globals = [
  ...['fetch', 'WeakRef', 'FinalizationRegistry', 'MessageChannel'],
  ...['WebSocket', 'EventSource', 'CompressionStream', 'DecompressionStream'],
]
const processFunctions = [
  ...['memoryUsage', 'cpuUsage', 'threadCpuUsage', 'resourceUsage', 'availableMemory'],
  'constrainedMemory',
]
/** On the thread pool, or of the operating system's chance. */
const cryptoFunctions = [
  ...['generateKey', 'generateKeySync', 'generateKeyPair', 'generatePrime', 'generatePrimeSync'],
  ...['checkPrime', 'hkdf', 'scrypt', 'pbkdf2', 'argon2', 'publicEncrypt', 'encapsulate'],
  ...['createECDH', 'createDiffieHellman', 'createDiffieHellmanGroup', 'getDiffieHellman'],
  ...['diffieHellmanAsync', 'randomUUIDv7'],
]

/** What of them only looks at its arguments. */
const harmless: ReadonlySet<string> = new Set(['isIP', 'isIPv4', 'isIPv6'])

/** Forbids all of this to whoever runs on behalf of a host, and while a simulation runs to everybody. */
export function forbid(ambients: Ambients): void {
  for (const name of wholeModules) {
    const exports = builtIn(name)
    const names = functionsOf(exports).filter((each) => !harmless.has(each))
    ambients.forbid(exports, name, names)
  }
  ambients.forbid(globalThis, '', globals)
  ambients.forbid(process, 'process', processFunctions)
  const { prototype } = SubtleCrypto
  ambients.forbid(prototype, 'crypto.subtle', functionsOf(prototype))
  ambients.forbid(builtIn('crypto'), 'crypto', cryptoFunctions)
  // To listen for other threads is harmless, as there are none that could speak.
  ambients.forbid(BroadcastChannel.prototype, 'BroadcastChannel', ['postMessage'])
  ambients.forbid(Atomics, 'Atomics', ['wait', 'waitAsync'])
  const compiles = ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']
  ambients.forbid(Reflect.get(globalThis, 'WebAssembly') as object, 'WebAssembly', compiles)
  ambients.forbid(Blob.prototype, 'Blob', ['arrayBuffer', 'bytes', 'text', 'stream'])
  forbidCompression(ambients)
  forbidChanceInSignatures(ambients)
}

/** Compression on the thread pool finishes in any order; the synchronous functions are sound. */
function forbidCompression(ambients: Ambients): void {
  const zlib = builtIn('zlib')
  const isSound = (name: string): boolean => name.endsWith('Sync') || name === 'crc32'
  const names = functionsOf(zlib).filter((name) => /^[a-z]/.test(name) && !isSound(name))
  ambients.forbid(zlib, 'zlib', names)
}

/** Kinds of keys whose signatures have no chance in them. */
const repeatable: ReadonlySet<string> = new Set(['ed25519', 'ed448', 'rsa'])

/** A signature of ECDSA has a nonce of OpenSSL's own, and one with a callback is made on the thread pool. */
function forbidChanceInSignatures(ambients: Ambients): void {
  const crypto = builtIn('crypto') as {
    readonly sign: (...values: unknown[]) => unknown
    readonly Sign: { readonly prototype: { readonly sign: (...values: unknown[]) => unknown } }
  }
  const { sign } = crypto
  ambients.replace(crypto, 'sign', 'crypto.sign', (_host, values) => {
    const [, , key, done] = values
    if (done !== undefined || !isRepeatable(key)) ambients.wire.check('crypto.sign')
    return sign(...values)
  })
  const { prototype } = crypto.Sign
  const { sign: finish } = prototype
  ambients.replace(prototype, 'sign', 'crypto.Sign.sign', (_host, values, self) => {
    if (!isRepeatable(values[0])) ambients.wire.check('crypto.Sign.sign')
    return Reflect.apply(finish, self, values)
  })
}

function isRepeatable(key: unknown): boolean {
  const given = key as { readonly key?: unknown; readonly padding?: number }
  if (given.padding !== undefined) return false
  const object = (given.key ?? key) as KeyObject | string
  const { asymmetricKeyType = '' } = typeof object === 'string' ? createPrivateKey(object) : object
  return repeatable.has(asymmetricKeyType)
}
