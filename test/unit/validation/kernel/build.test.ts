/** That the binaries of the kernel are what the sources compile to. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildKernel, kernelPath, variants } from '../../../../src/validation/kernel/build.ts'
import { importsOf, keptKernel } from '../../../support/validation/kernel.ts'

test.each(variants)('the %s kernel that is kept is the one that is built', async (variant) => {
  const kept = readFileSync(kernelPath(variant))
  const built = await buildKernel({ variant })
  expect(kept.equals(built), 'npm run build:kernel').toBe(true)
})

test.each(variants)(
  'the %s kernel imports nothing, so it can do nothing but compute',
  (variant) => {
    expect(importsOf(readFileSync(kernelPath(variant)))).toEqual([])
  },
)

test.each(variants)('the %s kernel finds that this engine computes as it should', (variant) => {
  expect(keptKernel(variant).isFused()).toBe(1)
})

test('relaxed instructions are in the fma kernel alone', () => {
  // f64x2.relaxed_madd, as the standard encodes it.
  const relaxed = Buffer.of(0xfd, 0x87, 0x02)
  const count = (path: string) =>
    readFileSync(path).toString('latin1').split(relaxed.toString('latin1')).length - 1
  expect(count(kernelPath('fma'))).toBeGreaterThan(100)
  expect(count(kernelPath('exact'))).toBe(0)
})
