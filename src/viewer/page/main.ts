/** The page begins here: takes the run out of it, and shows it; or says why it cannot. */
import { sceneOf } from '../model/scene.ts'
import { startApp } from './app.ts'
import { element } from './element.ts'
import { type LoadFault, loadRun } from './load.ts'

async function main(): Promise<void> {
  const loaded = await loadRun(document)
  if (!loaded.ok) {
    showFault(loaded.fault)
    return
  }
  const { run, known } = loaded.value
  const { scenario, seed } = run.header
  document.title = `${scenario === '' ? 'run' : scenario}, seed ${seed} · alys view`
  element('notice').hidden = true
  element('app').hidden = false
  startApp(sceneOf(run, known))
}

function showFault({ title, detail }: LoadFault): void {
  const notice = element('notice')
  notice.setAttribute('role', 'alert')
  const [heading, text] = [document.createElement('h1'), document.createElement('p')]
  heading.textContent = title
  text.textContent = detail
  notice.replaceChildren(heading, text)
}

main().catch((error: unknown) => {
  // A fault of this page itself: better said than a page that stays empty.
  element('app').hidden = true
  element('notice').hidden = false
  showFault({
    title: 'The viewer failed',
    detail: error instanceof Error ? `${error.message}` : String(error),
  })
})
