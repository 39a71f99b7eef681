/**
 * Builds the kernel: `npm run build:kernel`. AssemblyScript to WebAssembly, in two variants: with fused
 * multiply-add by relaxed SIMD, and with plain SIMD, whose every result the standard determines.
 *
 * The binaries are committed, so that nobody needs a compiler to run a node; a test builds them anew and compares.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main as compile } from 'assemblyscript/asc'
import { blake3CompressSource } from './generate/blake3.ts'

const here = import.meta.dirname

/** Modules that are written by a generator rather than by hand, by the name under which they are imported. */
const generated = new Map([['blake3-compress.ts', blake3CompressSource]])

/** The binaries of the kernel, by variant. */
export async function buildKernel(): Promise<Uint8Array> {
  const sources = join(here, 'assembly')
  const written: Uint8Array[] = []
  const { error, stderr } = await compile(
    [
      'main.ts',
      '--outFile=kernel.wasm',
      '--optimizeLevel=3',
      '--noAssert',
      '--runtime=stub',
      '--enable=simd,relaxed-simd',
      `--baseDir=${sources}`,
    ],
    {
      readFile: (name, base = sources) =>
        generated.get(name)?.() ?? readFile(join(base, name), 'utf8').catch(() => null),
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
  await writeFile(join(here, 'kernel.wasm'), await buildKernel())
}
