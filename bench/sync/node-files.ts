/**
 * The files of the nodes that are measured: one chain file, and for each its configuration and keys, in the formats of
 * `alys init`. Whoever measures must not import the program, which imports the measurements; so they are written here.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { assert } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import { writeKeys } from '../../src/platform/keys.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import { provePossession } from '../../src/protocol/crypto/bls.ts'
import { type BenchMember, keysOf } from './settings.ts'

/** Where a node is to be found, and where it keeps its data. */
export interface NodePlace {
  readonly name: string
  readonly dataFolder: string
  readonly ports: { readonly p2p: number; readonly rpc: number }
}

export const host = '127.0.0.1'

/** Writes the chain file of `folder`, which is that of all nodes beneath. */
export function writeChainFile(
  folder: string,
  { spec }: Chain,
  members: readonly BenchMember[],
): void {
  const { genesisMs, slotMs, toleranceMs } = spec.slots
  const lines = [
    `name = "${spec.name}"`,
    `genesis_time = ${new Date(genesisMs).toISOString()}`,
    `slot_ms = ${slotMs}`,
    `tolerance_ms = ${toleranceMs}`,
    ...members.flatMap(({ keys, signer }) => [
      '[[members]]',
      `author_key = "${toHex(signer.authorKey)}"`,
      `vote_key = "${toHex(signer.voteKey)}"`,
      `possession = "${toHex(provePossession(keys.voteSecret))}"`,
    ]),
    ...spec.allocations.flatMap(({ address, balance }) => [
      '[[allocations]]',
      `address = "${toHex(address)}"`,
      `balance = "${balance}"`,
    ]),
    '',
  ]
  writeFileSync(join(folder, 'chain.toml'), lines.join('\n'))
}

/** Writes the files of a node that follows and dials `peers`. Answers the configuration file. */
export async function writeNodeFiles(
  folder: string,
  place: NodePlace,
  peers: readonly NodePlace[],
): Promise<string> {
  const { name, dataFolder, ports } = place
  const own = join(folder, name)
  mkdirSync(own)
  const written = writeKeys(join(own, 'keys.toml'), keysOf(name))
  assert(written.ok, `keys: ${written.ok || written.fault.detail}`)
  const addresses = await Promise.all(peers.map(dialledAddress))
  const lines = [
    'chain = "../chain.toml"',
    'keys = "keys.toml"',
    `data = "${dataFolder}"`,
    `listen = ["${listenAddress(ports.p2p)}"]`,
    `peers = [${addresses.map((address) => `"${address}"`).join(', ')}]`,
    '[rpc]',
    `host = "${host}"`,
    `port = ${ports.rpc}`,
    // A line for each block is not what is measured.
    '[log]',
    'level = "warn"',
    '',
  ]
  const file = join(own, 'config.toml')
  writeFileSync(file, lines.join('\n'))
  return file
}

function listenAddress(port: number): string {
  return `/ip4/${host}/tcp/${port}`
}

/** Where a node is dialled, its peer id included. */
export async function dialledAddress({ name, ports }: NodePlace): Promise<string> {
  const key = await generateKeyPairFromSeed('Ed25519', keysOf(name).peerSeed)
  return `${listenAddress(ports.p2p)}/p2p/${peerIdFromPrivateKey(key)}`
}
