import { describe, expect, test } from 'vitest'
import { farmPackages, redisUrl, shownUrl } from '../../../../src/cli/farm/redis.ts'
import { sweepOf } from '../../../../src/cli/farm/store.ts'
import { twoScenarios } from '../../../support/run-reports.ts'

describe('the farm', () => {
  test('says what to install if its packages are not there', async () => {
    const absent = (): Promise<never> => Promise.reject(new Error("Cannot find package 'bullmq'"))
    const there = () => import('ioredis')
    await expect(farmPackages({ bullmq: absent, ioredis: there })).rejects.toThrow(
      `"alys farm" needs two packages that are optional; npm install bullmq ioredis brings them ` +
        `(Cannot find package 'bullmq')`,
    )
  })

  test.each(['localhost:6379', 'http://localhost', 'redis://', 'some where'])(
    'refuses %s as an address',
    (text) => {
      expect(() => redisUrl(text)).toThrow(`--redis ${text}: expected an address such as redis://`)
    },
  )

  test('keeps passwords to itself', () => {
    expect(shownUrl('rediss://me:secret@host:6379/1')).toBe('rediss://…@host:6379/1')
    expect(redisUrl('rediss://me:secret@host:6379/1')).toContain('secret')
  })

  test('calls a sweep by its sources and its plan', () => {
    const revision = { commit: 'a', isDirty: false }
    const ids = [
      sweepOf(twoScenarios, revision),
      sweepOf(twoScenarios, undefined),
      sweepOf({ ...twoScenarios, seeds: 3 }, revision),
    ].map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(sweepOf({ ...twoScenarios }, { ...revision }).id).toBe(ids[0])
  })
})
