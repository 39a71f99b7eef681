import { describe, expect, test } from 'vitest'
import { Budgets } from '../../../../src/actors/network/budget.ts'

describe('a budget', () => {
  test('begins full, and grows at its rate up to that', () => {
    const budgets = new Budgets({ max: 10, perSecond: 4 })
    expect(budgets.waitMs('a', 10, 0)).toBe(0)
    budgets.spend('a', 10, 0)
    expect(budgets.waitMs('a', 1, 0)).toBe(250)
    expect(budgets.waitMs('a', 1, 249)).toBe(1)
    expect(budgets.waitMs('a', 1, 250)).toBe(0)
    expect(budgets.waitMs('a', 10, 60_000)).toBe(0)
    budgets.spend('a', 1, 60_000)
    expect(budgets.waitMs('a', 10, 60_000)).toBe(250)
  })

  test('can be overdrawn, and is then waited for', () => {
    const budgets = new Budgets({ max: 10, perSecond: 10 })
    budgets.spend('a', 30, 0)
    expect(budgets.waitMs('a', 1, 0)).toBe(2_100)
    expect(budgets.waitMs('a', 1, 2_100)).toBe(0)
  })

  test('is of one key alone, and does not grow by a clock that goes back', () => {
    const budgets = new Budgets({ max: 1, perSecond: 1 })
    budgets.spend('a', 1, 1_000)
    expect(budgets.waitMs('b', 1, 1_000)).toBe(0)
    expect(budgets.waitMs('a', 1, 500)).toBe(1_000)
  })

  test('of the key that was not used for longest is forgotten beyond 4,096 keys', () => {
    const budgets = new Budgets({ max: 1, perSecond: 1 })
    for (const key of ['first', 'second']) budgets.spend(key, 1, 0)
    for (let at = 0; at < 4_094; at += 1) budgets.spend(`${at}`, 1, 0)
    expect(budgets.waitMs('first', 1, 0)).toBe(1_000)
    budgets.spend('one more', 1, 0)
    expect(budgets.waitMs('first', 1, 0)).toBe(1_000)
    expect(budgets.waitMs('second', 1, 0)).toBe(0)
  })
})
