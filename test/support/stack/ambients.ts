/**
 * A program that asks each clock and each source of chance of the runtime once, and what one life of it heard. As a
 * program of its own it prints that; an argument names what is left unpatched.
 */
import crypto, { generateKeyPairSync, randomBytes, randomFillSync, randomInt } from 'node:crypto'
import timers from 'node:timers'
import { scheduler, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { constant } from '../../../sim/distribution.ts'
import { localLink } from '../../../sim/link.ts'
import { StreamWorld } from '../../../sim/stack/stream-world.ts'
import { installStack } from '../../../sim/stack/world.ts'

/** One answer, by the name of what was asked. */
export type Answers = Record<string, unknown>

const der = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const

/** Asks everything that has an answer at once. */
export function askAmbients(): Answers {
  return {
    'Date.now': Date.now(),
    'new Date': new Date().toISOString(),
    Date: Date(),
    'performance.now': performance.now(),
    'performance.timeOrigin': performance.timeOrigin,
    'process.hrtime': process.hrtime(),
    'process.hrtime.bigint': `${process.hrtime.bigint()}`,
    'process.uptime': process.uptime(),
    'Math.random': Math.random(),
    'crypto.getRandomValues': crypto.getRandomValues(new Uint8Array(8)).join(),
    'crypto.randomUUID': crypto.randomUUID(),
    'webcrypto.randomUUID': globalThis.crypto.randomUUID(),
    'crypto.randomBytes': randomBytes(8).toString('hex'),
    'crypto.randomFillSync': randomFillSync(new Uint8Array(8), 2).join(),
    'crypto.randomInt': randomInt(1_000_000),
    'crypto.generateKeyPairSync': generateKeyPairSync('x25519', der).publicKey.toString('hex'),
  }
}

/** Waits by each way of waiting, and notes when by the host's own clock each was over. */
async function waitAmbients(told: (what: string) => void): Promise<void> {
  const wait = (begin: (done: () => void) => void): Promise<void> => new Promise(begin)
  await wait((done) => setTimeout(done, 5))
  told('setTimeout')
  await wait((done) => timers.setTimeout(done, 5))
  told('timers.setTimeout')
  await wait((done) => setImmediate(done))
  told('setImmediate')
  let beats = 0
  await wait((done) => {
    const interval = setInterval(() => {
      beats += 1
      if (beats === 3) clearInterval(interval)
      if (beats === 3) done()
    }, 7)
  })
  told('setInterval')
  await sleep(11)
  told('timers/promises.setTimeout')
  await scheduler.wait(3)
  told('scheduler.wait')
  await promisify(setTimeout)(4)
  told('promisify(setTimeout)')
  await wait((done) => AbortSignal.timeout(9).addEventListener('abort', () => done()))
  told('AbortSignal.timeout')
  await wait((done) => crypto.randomBytes(4, () => done()))
  told('crypto.randomBytes, with a callback')
}

/** What a machine hears in the first virtual second. */
export async function hearAmbients(seed: number): Promise<Answers> {
  const world = new StreamWorld({ seed, link: () => ({ ...localLink, latency: constant(1_000) }) })
  const answers: Answers = {}
  const main = async (): Promise<void> => {
    // At a moment that is no round number.
    await sleep(3)
    Object.assign(answers, askAmbients())
    await waitAmbients((what) => (answers[what] = Date.now() - 1_700_000_000_000))
  }
  world.addProgram('a', main, { clockOffsetMs: 250, clockDriftPpm: 40_000 })
  await world.runUntil(1_000)
  return answers
}

if (import.meta.main) {
  const [, , ...except] = process.argv
  installStack({ except })
  process.stdout.write(JSON.stringify(await hearAmbients(1)))
  // What was left unpatched may have started a real timer.
  process.exit()
}
