/**
 * Builds the viewer: `npm run build:viewer`. One page with its style and its script in it, and an empty place for a run. The
 * page is committed, so that nobody needs a bundler to look at a run; a test builds it anew and compares.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { squeezed, themeStyle } from './theme.ts'

const page = join(import.meta.dirname, '../../viewer/page')
const uplot = join(import.meta.dirname, '../../../node_modules/uplot')

/** Where the built page is kept. */
export const viewerPath = join(import.meta.dirname, 'viewer.html')

/** The page, without a run. */
export async function buildViewer(): Promise<string> {
  const [shell, own, plot, licence] = await Promise.all([
    readFile(join(page, 'page.html'), 'utf8'),
    readFile(join(page, 'page.css'), 'utf8'),
    readFile(join(uplot, 'dist/uPlot.min.css'), 'utf8'),
    readFile(join(uplot, 'LICENSE'), 'utf8'),
  ])
  const style = [themeStyle(), squeezed(own), squeezed(plot)].join('')
  // That of lit is in its sources, and stays.
  const script = `/*! uPlot: ${licence.trim()} */\n${await bundle()}`
  return shell
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`)
}

async function bundle(): Promise<string> {
  const built = await build({
    root: page,
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    // Said here, so that it does not follow from the environment, which is another one in tests.
    resolve: { conditions: ['module', 'browser', 'production'] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      modulePreload: false,
      rolldownOptions: {
        input: join(page, 'main.ts'),
        output: { format: 'iife', comments: { legal: true } },
      },
    },
  })
  const outputs = Array.isArray(built) ? built : [built]
  const [chunk] = outputs.flatMap((each) => ('output' in each ? each.output : []))
  if (chunk?.type !== 'chunk') throw new Error('the bundler wrote no script')
  // Within a page, a script ends where this stands, even in a string.
  return chunk.code.replaceAll('</script', '<\\/script').trim()
}

if (process.argv[1] === import.meta.filename) await writeFile(viewerPath, await buildViewer())
