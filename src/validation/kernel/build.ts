/**
 * Builds the kernel: `npm run build:kernel`. AssemblyScript to WebAssembly, in two variants: with fused multiply-add by
 * relaxed SIMD, and with plain SIMD, whose every result the standard determines.
 *
 * What `assembly` imports from `./variant` differs between them: `element` is a file of the folder named for the
 * variant, `field` is generated. So is the compression of BLAKE3, which is the same in both. The binaries are committed,
 * so that nobody needs a compiler to run a node; a test builds them anew and compares.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main as compile } from 'assemblyscript/asc'
import type { Arithmetic } from './generate/arithmetic.ts'
import { blake3CompressSource } from './generate/blake3.ts'
import { exact } from './generate/exact.ts'
import { fieldModule } from './generate/field-module.ts'
import { fused } from './generate/fused.ts'

const here = import.meta.dirname
const sources = join(here, 'assembly')

/** The kernels that there are. */
export const variants = ['fma', 'exact'] as const

export type Variant = (typeof variants)[number]

interface Build {
  readonly variant: Variant
  /** Every value of the generated arithmetic is compared with its interval; what is out of bounds traps. */
  readonly checked?: boolean
  /** What is exported, if not the kernel's own exports: a file of AssemblyScript, that imports as `main.ts` does. */
  readonly entry?: string
}

const parts: Readonly<
  Record<Variant, { arithmetic: Arithmetic; folder: string; features: string }>
> = {
  fma: { arithmetic: fused, folder: 'fused', features: 'simd,relaxed-simd' },
  exact: { arithmetic: exact, folder: 'exact', features: 'simd' },
}

/** Where the binary of a variant is kept. */
export function kernelPath(variant: Variant): string {
  return join(here, `kernel.${variant}.wasm`)
}

/** The binary of a kernel. Throws with the compiler's words if there is a fault in the sources. */
export async function buildKernel({ variant, checked = false, entry }: Build): Promise<Uint8Array> {
  const { arithmetic, folder, features } = parts[variant]
  const read = async (name: string): Promise<string | null> => {
    if (name === 'entry.ts') return entry ?? null
    if (name === 'variant/field.ts') return fieldModule(arithmetic, checked)
    if (name === 'blake3-compress.ts') return blake3CompressSource()
    const path = name.replace(/^variant\//, `${folder}/`)
    return readFile(join(sources, path), 'utf8').catch(() => null)
  }
  const written: Uint8Array[] = []
  // The checks of a checked kernel are many times its code, and take as much longer to optimise.
  const level = checked ? 1 : 3
  const settings = [`--optimizeLevel=${level}`, '--noAssert', '--runtime=stub']
  const file = entry === undefined ? 'main.ts' : 'entry.ts'
  const { error, stderr } = await compile(
    [file, '--outFile=kernel.wasm', `--enable=${features}`, ...settings],
    {
      readFile: read,
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') written.push(contents)
      },
      listFiles: () => [],
    },
  )
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`)
  const [binary] = written
  if (binary === undefined) throw new Error('the compiler wrote nothing')
  return binary
}

if (process.argv[1] === import.meta.filename) {
  for (const variant of variants)
    await writeFile(kernelPath(variant), await buildKernel({ variant }))
}
