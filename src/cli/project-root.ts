/** Where this program's own sources are, with `package.json` beside them. */
import { resolve } from 'node:path'

export const projectRoot = resolve(import.meta.dirname, '../..')
