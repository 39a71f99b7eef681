/** Real processes on real sockets and disks: what a user sees of a federation on one machine. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type AlysProcess,
  eventually,
  freePorts,
  killAll,
  startAlys,
  startAlysOnBrokenDisk,
} from './alys-process.ts'
import { answerAt, finished, heightOf, reaches } from './node-calls.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-e2e-'))
const receiver = '00112233445566778899aabbccddeeff00112233'

afterAll(() => {
  killAll()
  rmSync(root, { recursive: true, force: true })
})

function balanceOf(url: string, address: string): Promise<unknown> {
  const call = { method: 'alys_getAccount', params: [address] }
  return answerAt(url, call, ['finalized', 'balance'])
}

describe('three processes', () => {
  test('commit, carry a transfer, go on without a killed one, and continue from their disks', async () => {
    const dir = join(root, 'three')
    const basePort = await freePorts(6)
    const flags = ['--nodes', '3', '--slot-ms', '500', '--base-port', String(basePort)]
    const init = await finished('init', '--dir', dir, ...flags)
    expect(init.stderr()).toBe('')
    expect(init.code).toBe(0)
    const url = (index: number): string => `http://127.0.0.1:${basePort + 2 * index + 1}`
    const run = (index: number): AlysProcess =>
      startAlys('node', '--config', join(dir, `node${index}`, 'config.toml'))
    const all = [0, 1, 2]

    // All three commit.
    let nodes = all.map(run)
    await Promise.all(all.map((index) => reaches(url(index), 2, 25_000)))

    // A transfer that one node was given is final on each of them.
    const send = await finished(
      ...['send', '--rpc', url(1), '--key', join(dir, 'account.toml')],
      ...['--to', receiver, '--amount', '12345', '--fee', '1'],
    )
    expect(send.stdout()).toMatch(/^[0-9a-f]{64}\n$/)
    for (const index of all) {
      const balance = await eventually(`the transfer on node ${index}`, 10_000, async () => {
        const found = await balanceOf(url(index), receiver)
        return found === '0' ? undefined : found
      })
      expect(balance).toBe('12345')
    }

    // Far from idle yet, and still a small program.
    const bytes = await answerAt(url(0), { method: 'alys_getProcess' }, ['residentBytes'])
    expect(Number(bytes)).toBeLessThan(256 * 1024 * 1024)

    // One is killed; two of three are a quorum.
    nodes[2]?.child.kill('SIGKILL')
    expect(await nodes[2]?.ended).toBe('SIGKILL')
    const atKill = await heightOf(url(0))
    await Promise.all([0, 1].map((index) => reaches(url(index), atKill + 3, 15_000)))

    // It comes back to the head, and votes again.
    nodes = [...nodes.slice(0, 2), run(2)]
    const head = await heightOf(url(0))
    await reaches(url(2), head, 20_000)
    await eventually('node 2 votes', 10_000, async () => {
      const isVoting = await answerAt(url(2), { method: 'alys_getStatus' }, ['isVoting'])
      return isVoting === true ? true : undefined
    })

    // All are told to stop, and do so in order.
    const before = await Promise.all(all.map((index) => heightOf(url(index))))
    for (const { child } of nodes) child.kill('SIGTERM')
    expect(await Promise.all(nodes.map(({ ended }) => ended))).toEqual([0, 0, 0])
    expect(nodes[0]?.stdout()).toContain('"event":"node-stopping"')

    // What was committed is there again at once, and more follows.
    nodes = all.map(run)
    const after = await Promise.all(all.map((index) => reaches(url(index), 0, 15_000)))
    after.forEach((height, index) => {
      expect(height).toBeGreaterThanOrEqual(before[index] ?? 0)
    })
    await Promise.all(all.map((index) => reaches(url(index), Math.max(...before) + 2, 20_000)))
    expect(await balanceOf(url(2), receiver)).toBe('12345')
  }, 60_000)
})

describe('alys devnet', () => {
  test('runs what it has made until it is interrupted, and leaves no process behind', async () => {
    const dir = join(root, 'devnet')
    const port = await freePorts(2)
    const flags = ['--nodes', '1', '--slot-ms', '400', '--base-port', String(port)]
    const devnet = startAlys('devnet', '--dir', dir, ...flags)
    await reaches(`http://127.0.0.1:${port + 1}`, 2, 20_000)
    await eventually('a line on its height', 5_000, () => {
      return /node0 [2-9]/.test(devnet.stdout()) || undefined
    })
    const pid = await answerAt(`http://127.0.0.1:${port + 1}`, { method: 'alys_getProcess' }, [
      'pid',
    ])
    devnet.child.kill('SIGINT')
    expect(await devnet.ended).toBe(0)
    expect(devnet.stdout()).toContain('node0  has ended (exit code 0)')
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  }, 40_000)
})

describe('a node that cannot go on', () => {
  test('tries again, then gives up with a reason and exit code 1', async () => {
    const dir = join(root, 'broken')
    const port = await freePorts(2)
    const flags = ['--nodes', '1', '--slot-ms', '100', '--base-port', String(port)]
    expect((await finished('init', '--dir', dir, ...flags)).code).toBe(0)
    const node = startAlysOnBrokenDisk('node', '--config', join(dir, 'node0', 'config.toml'))
    expect(await node.ended).toBe(1)
    expect(node.stderr()).toContain('the node gave up: ')
    expect(node.stderr()).toContain('the disk is broken')
    expect(node.stdout()).toContain('"event":"node-failed"')
  }, 30_000)
})

describe('bad input', () => {
  const dir = join(root, 'bad')
  const configFile = join(dir, 'node0', 'config.toml')

  test('is refused by a running node with a reason, and does not disturb it', async () => {
    const port = await freePorts(4)
    const flags = ['--nodes', '1', '--slot-ms', '400', '--base-port', String(port)]
    expect((await finished('init', '--dir', dir, ...flags)).code).toBe(0)
    const node = startAlys('node', '--config', configFile)
    const url = `http://127.0.0.1:${port + 1}`
    await reaches(url, 1, 20_000)

    const post = async (body: string, type = 'application/json'): Promise<[number, string]> => {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
      return [response.status, await response.text()]
    }
    const rpc = (method: unknown, params: unknown): string =>
      JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    expect(await post('{"jsonrpc":')).toEqual([200, expect.stringContaining('-32700')])
    expect(await post('[]')).toEqual([200, expect.stringContaining('-32600')])
    expect(await post('"text"')).toEqual([200, expect.stringContaining('-32600')])
    expect(await post(rpc(7, []))).toEqual([200, expect.stringContaining('-32600')])
    expect(await post(rpc('eth_call', []))).toEqual([200, expect.stringContaining('-32601')])
    expect(await post(rpc('constructor', []))).toEqual([200, expect.stringContaining('-32601')])
    expect(await post(rpc('alys_getAccount', ['zz']))).toEqual([
      200,
      expect.stringContaining('hexadecimal'),
    ])
    expect(await post(rpc('alys_getBlock', [-1]))).toEqual([200, expect.stringContaining('-32602')])
    expect(await post(rpc('alys_sendTransaction', ['00'.repeat(149)]))).toEqual([
      200,
      expect.stringContaining('"error"'),
    ])
    expect(await post('x', 'text/plain')).toEqual([415, expect.any(String)])
    expect(await post('x'.repeat(65 * 1024))).toEqual([413, expect.stringContaining('65536')])

    // A second node with the same folder, even on other ports, is turned away before it listens.
    const other = join(dir, 'node0', 'other.toml')
    const text = readFileSync(configFile, 'utf8')
    const moved = text.replaceAll(String(port + 1), String(port + 3))
    writeFileSync(other, moved.replaceAll(`tcp/${port}`, `tcp/${port + 2}`))
    const second = await finished('node', '--config', other)
    expect(second.code).toBe(4)
    expect(second.stderr()).toContain(`${join(dir, 'node0', 'data')} is in use`)

    // A node with a folder of its own, on the ports of the first.
    const third = await finished('node', '--config', configFile, '--data', join(dir, 'elsewhere'))
    expect(third.code).toBe(4)
    expect(third.stderr()).toContain(`/tcp/${port}: the port is in use`)

    const height = await heightOf(url)
    await reaches(url, height + 1, 10_000)
    node.child.kill('SIGINT')
    expect(await node.ended).toBe(0)
  }, 40_000)

  test('in its files keeps a node from starting, and is named', async () => {
    const keyFile = join(dir, 'node0', 'keys.toml')
    chmodSync(keyFile, 0o644)
    const exposed = await finished('node', '--config', configFile)
    expect(exposed.code).toBe(4)
    expect(exposed.stderr()).toContain('chmod 600')
    chmodSync(keyFile, 0o600)

    const wrong = join(dir, 'node0', 'wrong.toml')
    writeFileSync(wrong, `${readFileSync(configFile, 'utf8')}\n[tuning]\nmailbox_maximum = 1\n`)
    const misspelt = await finished('node', '--config', wrong)
    expect(misspelt.code).toBe(4)
    expect(misspelt.stderr()).toContain('unknown field tuning.mailbox_maximum')
  }, 20_000)
})
