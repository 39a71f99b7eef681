/** `npm run canary`: plants each canary in turn, and fails if a check does not notice as it should. */
import { plantTree, runAlys } from '../planted-tree.ts'
import { canaries } from './canary.ts'

let silent = 0
for (const { name, bug, plantings, command, judge } of canaries) {
  const tree = plantTree(plantings)
  try {
    const ended = await runAlys(command, tree.folder)
    const fault = judge(ended)
    if (fault !== undefined) silent += 1
    console.log(`${fault === undefined ? 'noticed' : 'SILENT '}  ${name}: ${fault ?? bug}`)
    if (fault !== undefined)
      console.log(`${ended.stdout.slice(-2_000)}${ended.stderr.slice(-2_000)}`)
  } finally {
    tree.remove()
  }
}
console.log(`${canaries.length - silent} of ${canaries.length} canaries were noticed`)
process.exitCode = silent === 0 ? 0 : 1
