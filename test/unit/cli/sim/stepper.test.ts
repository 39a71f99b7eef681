import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../..')

interface Heard {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly callFrames?: readonly Frame[] }
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

interface Frame {
  readonly callFrameId: string
  readonly functionName: string
}

/** Speaks the inspector's protocol: one JSON object a message. */
class Debugger {
  readonly #socket: WebSocket
  readonly #answers = new Map<number, (heard: Heard) => void>()
  #sent = 0

  constructor(url: string, onPaused: (frame: Frame) => void) {
    this.#socket = new WebSocket(url)
    this.#socket.addEventListener('message', ({ data }) => {
      const heard = JSON.parse(String(data)) as Heard
      if (heard.id !== undefined) this.#answers.get(heard.id)?.(heard)
      const [frame] = heard.params?.callFrames ?? []
      if (heard.method === 'Debugger.paused' && frame !== undefined) onPaused(frame)
    })
  }

  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#socket.addEventListener('open', () => resolve())
    this.#socket.addEventListener('error', () => reject(new Error('no inspector')))
    await promise
  }

  ask(method: string, params: object = {}): Promise<Heard> {
    const { promise, resolve } = Promise.withResolvers<Heard>()
    this.#sent += 1
    this.#answers.set(this.#sent, resolve)
    this.#socket.send(JSON.stringify({ id: this.#sent, method, params }))
    return promise
  }

  close(): void {
    this.#socket.close()
  }
}

test('a debugger stops before each event, with its number and the cluster in scope', async () => {
  const command = ['replay', 'calm', '--seed', '1', '--break', '#3', '--until', '#6']
  const args = ['--inspect-brk=0', 'src/cli/alys.mjs', ...command]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const url = Promise.withResolvers<string>()
  const over = Promise.withResolvers<void>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    const [, found] = /^Debugger listening on (ws:\S+)$/.exec(line) ?? []
    if (found !== undefined) url.resolve(found)
    // It stays until whoever looked on has gone.
    if (line.startsWith('Waiting for the debugger to disconnect')) over.resolve()
  })
  let out = ''
  child.stdout.on('data', (bytes) => {
    out += String(bytes)
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const seen: unknown[] = []
  const look = async ({ callFrameId, functionName }: Frame): Promise<void> => {
    if (functionName === 'pauseBefore') {
      const expression = '[event, cluster.simulation.events, cluster.names.length]'
      const options = { callFrameId, expression, returnByValue: true }
      const { result } = await session.ask('Debugger.evaluateOnCallFrame', options)
      seen.push(result?.result?.value)
    }
    await session.ask('Debugger.resume')
  }
  const session = new Debugger(await url.promise, (frame) => void look(frame))
  await session.open()
  await session.ask('Debugger.enable')
  await session.ask('Runtime.enable')
  await session.ask('Runtime.runIfWaitingForDebugger')
  await over.promise
  session.close()
  expect(await ended).toBe(0)
  expect(out).toMatch(/^stopped at .*, 6 events$/m)
  // Before each of them, with as many behind.
  expect(seen).toEqual([3, 4, 5].map((event) => [event, event, 4]))
})
