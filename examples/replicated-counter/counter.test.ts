/** The story as tests, with the bugs that it has to find. `ALYS_SEEDS=1000` before the command tells more seeds of each. */
import { simTest } from 'alys/vitest'
import type { Bug } from './replica.ts'
import { counterStory } from './story.ts'

const bugs: readonly Bug[] = ['answer-early', 'gossip-same', 'count-requests']
/** This repository keeps vitest's configuration elsewhere than vitest looks for it. */
const command = 'npx vitest run --config test/vitest.config.ts'

simTest('what is acknowledged is kept, once', counterStory(undefined), { seeds: 20, command })

simTest.fails.each(bugs)('%s is found', counterStory, { command })
