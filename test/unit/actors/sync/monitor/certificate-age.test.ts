import { expect, test } from 'vitest'
import { climb, groundLadder } from '../../../../../src/actors/sync/monitor/certificate-age.ts'

/** What is done, and when, while the certificate ages by a slot each two seconds. */
function age(untilMs: number, slotsAt = (nowMs: number): number => nowMs / 2_000): string[] {
  const done: string[] = []
  let ladder = groundLadder
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 2_000) {
    const step = climb(ladder, Math.floor(slotsAt(nowMs)), nowMs)
    if (step.action !== undefined) done.push(`${nowMs} ${step.action.kind}`)
    ladder = step.ladder
  }
  return done
}

test('a young certificate asks for nothing', () => {
  expect(age(30_000)).toEqual([])
})

test('after 30 s there are two extra peers, ten seconds apart; after 60 s everybody is dialled', () => {
  expect(age(125_000)).toEqual([
    '32000 dial-extra',
    '42000 dial-extra',
    '62000 dial-burst',
    '92000 dial-burst',
    '122000 dial-burst',
  ])
})

test('one that is renewed begins again', () => {
  const renewedAtMs = 50_000
  const slotsAt = (nowMs: number): number =>
    (nowMs < renewedAtMs ? nowMs : nowMs - renewedAtMs) / 2_000
  expect(age(90_000, slotsAt)).toEqual(['32000 dial-extra', '42000 dial-extra', '82000 dial-extra'])
})
