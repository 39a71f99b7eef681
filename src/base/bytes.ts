/** Plain functions over `Uint8Array`. A view is never kept: what must live on is copied. */

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The value of a lower-case hexadecimal digit, by its character code; negative if it is not one. */
const digitValues = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code)),
)

/** Lower-case hexadecimal, two digits a byte, without a prefix. */
export function toHex(bytes: Uint8Array): string {
  return partToHex(bytes, 0, bytes.length)
}

/** As {@link toHex}, of the bytes from `from` to before `to`. */
export function partToHex(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  let at = from
  for (; at + wordBytes <= to; at += wordBytes) text += wordToHex(bytes, at)
  for (; at < to; at += 1) text += hexDigits[bytes[at] ?? 0]
  return text
}

/** As many bytes as a hash or a key has, which is most of what is written so. */
const wordBytes = 32
/** Of the digits of a word. In use only within a call. */
const wordCodes = new Array<number>(2 * wordBytes).fill(0)
const highCodes = Uint8Array.from(hexDigits, (digits) => digits.charCodeAt(0))
const lowCodes = Uint8Array.from(hexDigits, (digits) => digits.charCodeAt(1))

/** All digits at once: added up one by one, they take twice as long, and leave pieces to be joined later. */
function wordToHex(bytes: Uint8Array, at: number): string {
  for (let i = 0; i < wordBytes; i += 1) {
    const byte = bytes[at + i] ?? 0
    wordCodes[2 * i] = highCodes[byte] ?? 0
    wordCodes[2 * i + 1] = lowCodes[byte] ?? 0
  }
  return String.fromCharCode(...wordCodes)
}

/** As {@link toHex}, of the 32 bytes that eight little-endian words stand for. */
export function wordsToHex(words: readonly number[]): string {
  for (let i = 0; i < wordBytes; i += 1) {
    const byte = ((words[i >> 2] ?? 0) >>> (8 * (i & 3))) & 0xff
    wordCodes[2 * i] = highCodes[byte] ?? 0
    wordCodes[2 * i + 1] = lowCodes[byte] ?? 0
  }
  return String.fromCharCode(...wordCodes)
}

/** The bytes of a hexadecimal text of even length, with or without `0x`; undefined if it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = (text.startsWith('0x') ? text.slice(2) : text).toLowerCase()
  if (digits.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(digits.length / 2)
  return storeHex(digits, bytes, 0) ? bytes : undefined
}

/**
 * Stores the bytes that a text of an even number of lower-case hexadecimal digits stands for, from `at` on. False if
 * there is another character in it; what was stored is of no use then.
 */
export function storeHex(digits: string, bytes: Uint8Array, at: number): boolean {
  // Negative as soon as any digit is.
  let signs = 0
  for (let i = 0; i < digits.length; i += 2) {
    const high = digitValues[digits.charCodeAt(i)] ?? -1
    const low = digitValues[digits.charCodeAt(i + 1)] ?? -1
    signs |= high | low
    bytes[at + (i >> 1)] = high * 16 + low
  }
  return signs >= 0
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The bytes of an ASCII text. Asserts nothing: other characters are cut to their low eight bits. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i)
  return bytes
}
