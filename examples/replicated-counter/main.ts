/** The command line: many seeds, or one that is shown. Exit codes are those of `alys sim`. */
import { installLockdown } from 'alys/lockdown'
import { runCommand } from 'alys/sim'
import { counterStory } from './story.ts'

process.exitCode = runCommand(process.argv.slice(2), {
  program: 'main.ts',
  story: counterStory,
  bugs: ['answer-early', 'gossip-same', 'count-requests'],
  seeds: 200,
  print: console.log,
  guard: installLockdown(),
})
