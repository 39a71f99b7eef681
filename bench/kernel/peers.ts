/**
 * Simulators in other languages, where this machine has them: ns-3 (Debian: `libns3-dev` and a C++ compiler) and
 * SimPy (Debian: `python3-simpy3`). They do the same work, from the same table of delays.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { delayTable } from './hold/hold.ts'

/** A simulator that was found here. */
export interface Peer {
  readonly name: string
  /** Goes on with the entities, the events and the iterations. */
  readonly command: readonly string[]
  readonly boundBy: string
}

const sources = join(import.meta.dirname, '..', 'peers')
const compileMsMax = 120_000

/** Compiles what has to be compiled. A simulator that is not here is left out. */
export function findPeers(): readonly Peer[] {
  const folder = mkdtempSync(join(tmpdir(), 'alys-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const delays = join(folder, 'delays.txt')
  writeFileSync(delays, `${delayTable.join('\n')}\n`)
  return [findNs3(folder, delays), findSimpy(delays)].filter((peer) => peer !== undefined)
}

function findNs3(folder: string, delays: string): Peer | undefined {
  const program = join(folder, 'hold-ns3')
  const source = join(sources, 'hold-ns3.cpp')
  if (!succeeds('g++', '-O2', '-std=c++17', source, '-o', program, '-lns3-core')) return undefined
  const boundBy = 'a red-black tree and a heap object an event, in C++'
  return { name: 'ns-3 default scheduler', command: [program, delays], boundBy }
}

function findSimpy(delays: string): Peer | undefined {
  const python = ['/usr/bin/python3', 'python3'].find((each) =>
    succeeds(each, '-c', 'import simpy'),
  )
  if (python === undefined) return undefined
  const command = [python, join(sources, 'hold-simpy.py'), delays]
  return { name: 'SimPy', command, boundBy: 'the interpreter of Python' }
}

function succeeds(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { timeout: compileMsMax, stdio: 'ignore' }).status === 0
}
