/** Finding peers by multicast, where there is multicast. */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { hostsFrom, until } from './hosts.ts'

const hosts = hostsFrom(73)
const group = '224.0.0.251'
const port = 5_353
let hasMulticast = false

beforeAll(async () => {
  hasMulticast = await probe()
})

/** Whether what is sent to the group comes back. */
async function probe(): Promise<boolean> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  try {
    let isHeard = false
    socket.on('message', (message) => {
      if (message.toString() === 'alys probe') isHeard = true
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(port, () => resolve())
    })
    socket.addMembership(group)
    for (let i = 0; i < 20 && !isHeard; i += 1) {
      socket.send('alys probe', port, group, () => undefined)
      await sleep(25)
    }
    return isHeard
  } catch {
    return false
  } finally {
    socket.close()
  }
}

function searching(serviceTag: string) {
  return { mdns: { serviceTag, intervalMs: 100 } }
}

test('peers of one chain find each other on a local network, and dial nobody', async ({ skip }) => {
  skip(!hasMulticast, 'multicast does not come back here')
  const [a, b] = [
    await hosts.open(searching('_a._udp.local')),
    await hosts.open(searching('_a._udp.local')),
  ]
  const other = await hosts.open(searching('_other._udp.local'))
  await until(() => a.found.length > 0 && b.found.length > 0)
  await sleep(200)
  expect([a.found, b.found, other.found]).toEqual([[b.address], [a.address], []])
  expect([a.log, b.log]).toEqual([[], []])
})
