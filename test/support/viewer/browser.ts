/** A real browser with a page of the viewer in it. Debian's `chromium`, if this machine has it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where the browser is; undefined if there is none. */
export const browserPath = [process.env.ALYS_CHROMIUM ?? '', ...places].find(existsSync)

/** What is said where there is none. */
export const noBrowser = 'there is no chromium here (Debian: apt-get install chromium)'

export interface Viewing {
  readonly page: Page
  /** What the page threw, or wrote to its console. */
  readonly complaints: readonly string[]
  /** Addresses of whatever the page asked for, itself left out. */
  readonly requests: readonly string[]
}

/** A browser, and one page in it at a time. */
export class Viewers {
  readonly #folder = mkdtempSync(join(tmpdir(), 'alys-viewer-'))
  #browser: Browser | undefined
  #page: Page | undefined
  #complaints: string[] = []
  #requests: string[] = []
  #opened = 0

  /** Opens a page, given its text, and waits until it has drawn something or says why it cannot. */
  async open(html: string): Promise<Viewing> {
    const page = await this.#ready()
    this.#opened += 1
    const file = join(this.#folder, `${this.#opened}.html`)
    writeFileSync(file, html)
    await page.emulateMedia({ colorScheme: 'light' })
    const { href } = pathToFileURL(file)
    const [complaints, requests]: [string[], string[]] = [[], []]
    this.#complaints = complaints
    this.#requests = requests
    await page.goto(href)
    await page.waitForSelector('html[data-drawn], #notice[role=alert]')
    return { page, complaints, requests: requests.filter((each) => each !== href) }
  }

  /** As {@link open}, in a browser in which this script has run before. */
  async openAfter(script: string, html: string): Promise<Viewing> {
    await this.#page?.close()
    this.#page = undefined
    const page = await this.#ready()
    await page.addInitScript(script)
    const viewing = await this.open(html)
    this.#page = undefined
    return viewing
  }

  async close(): Promise<void> {
    await this.#browser?.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #ready(): Promise<Page> {
    this.#browser ??= await chromium.launch({
      executablePath: browserPath ?? '',
      // There is no sandbox for root, as whom builds run in containers.
      args: ['--no-sandbox', '--force-color-profile=srgb'],
    })
    if (this.#page !== undefined) return this.#page
    const page = await this.#browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.on('pageerror', (error) => this.#complaints.push(error.message))
    page.on('console', (message) => {
      // That pixels are read back is the doing of tests.
      if (message.type() === 'error') this.#complaints.push(message.text())
    })
    page.on('request', (request) => this.#requests.push(request.url()))
    this.#page = page
    return page
  }
}
