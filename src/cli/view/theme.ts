/** The colours and fonts that the page of a run and the page of a sweep share. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** As a style sheet: light and dark, as the system has it or as the page itself says (`data-theme`). */
export function themeStyle(): string {
  const theme = readFileSync(join(import.meta.dirname, '../../viewer/page/theme.css'), 'utf8')
  // What is for a dark system is also for whoever wants it dark.
  const dark = /:root:not\(\[data-theme="light"\]\) (\{[^}]*\})/.exec(theme)?.[1] ?? ''
  return squeezed(`${theme}:root[data-theme="dark"] ${dark}`)
}

/** Without what only people need. */
export function squeezed(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};:,>]) ?/g, '$1')
    .trim()
}
