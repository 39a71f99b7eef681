/**
 * The connection to Redis, and the packages that speak to it. They are optional: nothing but `alys farm` loads them.
 * A Redis that goes away is waited for, and given up in the end.
 */
import type * as BullMq from 'bullmq'
import type * as IoRedis from 'ioredis'
import type { Millis } from '../../base/units.ts'
import { UsageError } from '../exit.ts'

export interface Packages {
  readonly bullmq: Pick<typeof BullMq, 'Queue' | 'Worker'>
  readonly ioredis: Pick<typeof IoRedis, 'Redis'>
}

/** How they are loaded. */
type Imports = { readonly [Name in keyof Packages]: () => Promise<Packages[Name]> }

const imports: Imports = { bullmq: () => import('bullmq'), ioredis: () => import('ioredis') }

/** Loads the packages; a usage error if they are not installed. */
export async function farmPackages(by: Imports = imports): Promise<Packages> {
  try {
    return { bullmq: await by.bullmq(), ioredis: await by.ioredis() }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      `"alys farm" needs two packages that are optional; npm install bullmq ioredis brings them (${why})`,
    )
  }
}

/** A Redis that is there. */
export interface Connection {
  readonly redis: IoRedis.Redis
  /** Settles when it has been away for too long. It never does if it stays, or comes back. */
  readonly lost: Promise<void>
  /** Ends it at once; what was asked is not waited for. */
  close(): void
}

/** Connects; a usage error if nobody is there. `awayMsMax` is how long it may be away later. */
export async function connect(
  { ioredis }: Packages,
  url: string,
  awayMsMax: Millis,
): Promise<Connection> {
  const redis = new ioredis.Redis(url, {
    lazyConnect: true,
    // Commands wait until it is back. How long is settled here, and not by a number of tries.
    maxRetriesPerRequest: null,
    retryStrategy: () => retryMs,
  })
  let lastError = ''
  redis.on('error', (error) => {
    lastError = error.message
  })
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    const why = lastError || (error instanceof Error ? error.message : String(error))
    throw new UsageError(`--redis ${shownUrl(url)}: no Redis answers there (${why})`)
  }
  const { promise: lost, resolve } = Promise.withResolvers<void>()
  let isClosed = false
  let away: NodeJS.Timeout | undefined
  redis.on('close', () => {
    if (!isClosed) away ??= setTimeout(resolve, awayMsMax)
  })
  redis.on('ready', () => {
    clearTimeout(away)
    away = undefined
  })
  const close = (): void => {
    isClosed = true
    clearTimeout(away)
    redis.disconnect()
  }
  return { redis, lost, close }
}

const retryMs = 200

/** Reads the address of a Redis; the fault says what was expected. */
export function redisUrl(text: string): string {
  const url = URL.parse(text)
  if (url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '')
    return text
  throw new UsageError(
    `--redis ${shownUrl(text)}: expected an address such as redis://127.0.0.1:6379`,
  )
}

/** An address without its password. */
export function shownUrl(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//…@')
}
