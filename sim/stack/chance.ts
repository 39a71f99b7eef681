/** The runtime's chance as a host sees it: streams that follow from the seed, and keys made of them. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { Random } from '../../src/kernel/environment.ts'
import { builtIn } from '../../src/tripwire/tripwire.ts'
import type { Ambients, Answer } from './ambient.ts'
import type { StackHost } from './host.ts'
import { VirtualImmediate } from './timers.ts'

type Done<Value> = (error: null, value: Value) => void
type View = ArrayBufferView | ArrayBuffer

/** Gives every source of chance of the runtime its second meaning. */
export function replaceChance(ambients: Ambients): void {
  ambients.replace(Math, 'random', 'Math.random', ({ chance }) => fractionOf(chance))
  replaceWebCrypto(ambients)
  replaceNodeCrypto(ambients, builtIn('crypto'))
}

function replaceWebCrypto(ambients: Ambients): void {
  const { prototype } = Crypto
  ambients.replace(
    prototype,
    'getRandomValues',
    'crypto.getRandomValues',
    ({ secrets }, [view]) => {
      fill(secrets, bytesOf(view as View))
      return view
    },
  )
  ambients.replace(prototype, 'randomUUID', 'crypto.randomUUID', ({ secrets }) => uuidOf(secrets))
}

function replaceNodeCrypto(ambients: Ambients, crypto: object): void {
  const replace = (name: string, answer: Answer): void =>
    ambients.replace(crypto, name, `crypto.${name}`, answer)
  replace('randomUUID', ({ secrets }) => uuidOf(secrets))
  replace('getRandomValues', ({ secrets }, [view]) => {
    fill(secrets, bytesOf(view as View))
    return view
  })
  for (const name of ['randomBytes', 'pseudoRandomBytes']) {
    replace(name, (host, [size, done]) => {
      const bytes = Buffer.alloc(size as number)
      fill(host.secrets, bytes)
      return answered(host, bytes, done)
    })
  }
  replace('randomFillSync', ({ secrets }, [view, ...place]) => {
    fill(secrets, partOf(view as View, place))
    return view
  })
  replace('randomFill', (host, values) => {
    const [view, ...place] = values
    fill(host.secrets, partOf(view as View, place))
    return answered(host, view, values.at(-1))
  })
  replace('randomInt', (host, values) => {
    const numbers = values.filter((value) => typeof value === 'number') as readonly number[]
    const [min = 0, max = 0] = numbers.length === 1 ? [0, ...numbers] : numbers
    const value = min + Math.floor(fractionOf(host.secrets) * (max - min))
    return answered(
      host,
      value,
      values.find((each) => typeof each === 'function'),
    )
  })
  replaceKeyPairs(ambients, crypto)
}

// ----- key pairs -----

/** What stands before the 32 secret bytes of a key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Prefix: Readonly<Record<string, string>> = {
  ed25519: '302e020100300506032b657004220420',
  x25519: '302e020100300506032b656e04220420',
}

interface KeyOptions {
  readonly publicKeyEncoding?: Parameters<KeyObject['export']>[0]
  readonly privateKeyEncoding?: Parameters<KeyObject['export']>[0]
}

/** Keys that are nothing but 32 bytes are made of the host's stream. Those of other kinds cannot be repeated. */
function replaceKeyPairs(ambients: Ambients, crypto: object): void {
  const called = 'crypto.generateKeyPairSync'
  ambients.replace(crypto, 'generateKeyPairSync', called, ({ secrets }, [kind, options]) => {
    const prefix = pkcs8Prefix[kind as string]
    if (prefix === undefined) {
      ambients.wire.check(`${called}(${String(kind)})`)
      throw new Error(`${called}: keys of the kind ${String(kind)} cannot be repeated`)
    }
    const secret = Buffer.alloc(32)
    fill(secrets, secret)
    const key = Buffer.concat([Buffer.from(prefix, 'hex'), secret])
    return pairOf(createPrivateKey({ key, format: 'der', type: 'pkcs8' }), options as KeyOptions)
  })
}

function pairOf(privateKey: KeyObject, options: KeyOptions | undefined): object {
  const publicKey = createPublicKey(privateKey)
  const { publicKeyEncoding, privateKeyEncoding } = options ?? {}
  return {
    publicKey: publicKeyEncoding === undefined ? publicKey : publicKey.export(publicKeyEncoding),
    privateKey:
      privateKeyEncoding === undefined ? privateKey : privateKey.export(privateKeyEncoding),
  }
}

// ----- from words to everything else -----

/** In [0, 1), with all the 53 bits that `Math.random` has. */
function fractionOf(random: Random): number {
  return ((random.u32() >>> 5) * 67_108_864 + (random.u32() >>> 6)) / 2 ** 53
}

function fill(random: Random, bytes: Uint8Array): void {
  let word = 0
  for (let at = 0; at < bytes.length; at += 1) {
    word = at % 4 === 0 ? random.u32() : word >>> 8
    bytes[at] = word & 0xff
  }
}

/** Version 4 (RFC 9562, section 5.4). */
function uuidOf(random: Random): string {
  const bytes = Buffer.alloc(16)
  fill(random, bytes)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function bytesOf(view: View): Uint8Array {
  if (view instanceof ArrayBuffer) return new Uint8Array(view)
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

/** The part that offset and size say, if they are numbers. They count elements of the view. */
function partOf(view: View, [offset, size]: readonly unknown[]): Uint8Array {
  const bytes = bytesOf(view)
  const each = (view as { readonly BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1
  const from = typeof offset === 'number' ? offset * each : 0
  return bytes.subarray(from, typeof size === 'number' ? from + size * each : bytes.length)
}

/** The value itself, or later to who gave a callback. */
function answered<Value>(host: StackHost, value: Value, done: unknown): Value | undefined {
  if (typeof done !== 'function') return value
  new VirtualImmediate(host, () => (done as Done<Value>)(null, value))
  return undefined
}
