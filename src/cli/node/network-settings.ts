/**
 * The `[network]` table of a node's configuration: over what it speaks, how it finds peers, how many connections it
 * bears, how gossip spreads. Everything has a default.
 */
import { z } from 'zod'
import { toHex } from '../../base/bytes.ts'
import type { GossipOptions } from '../../platform/libp2p/node.ts'
import type { Encryption } from '../../platform/libp2p/transports.ts'
import type { NetworkOptions } from '../../platform/network.ts'
import { wholeNumber } from './fields.ts'

/** Connections that one process is ever asked to hold. */
const connectionsCeiling = 20_000
/** A node in front of a crowd, and a test network on one machine. */
const perSecondCeiling = 10_000
const defaultPerSecond = 25
/** Gossipsub's own default, and twice as many. */
const neighboursMin = 3
const neighboursMax = 12

const encryptions = ['noise', 'tls'] as const

export interface NetworkSettings {
  /** Whether QUIC is spoken at all. */
  readonly quic: boolean
  /** In the order of preference; not empty, none twice. */
  readonly encryption: readonly Encryption[]
  /** `client`: it asks and is not asked. */
  readonly dht: boolean | 'client'
  readonly mdns: boolean
  /** Undefined: as many as there are places for peers, and some at the door. */
  readonly connectionsMax: number | undefined
  readonly connectionsPerSecondMax: number
  readonly gossip: GossipOptions
}

export const networkSchema = z.strictObject({
  quic: z.boolean().default(true),
  encryption: z
    .array(z.enum(encryptions))
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'each encryption once')
    .default([...encryptions]),
  dht: z.union([z.boolean(), z.literal('client')], 'true, false or "client"').default(true),
  mdns: z.boolean().default(false),
  connections_max: wholeNumber(1, connectionsCeiling).optional(),
  connections_per_second_max: wholeNumber(1, perSecondCeiling).default(defaultPerSecond),
  gossip_neighbours: wholeNumber(neighboursMin, neighboursMax).optional(),
  gossip_flood_publish: z.boolean().optional(),
})

export function networkSettingsOf(table: z.infer<typeof networkSchema>): NetworkSettings {
  const { quic, encryption, dht, mdns, connections_max, connections_per_second_max } = table
  const { gossip_neighbours: neighbours, gossip_flood_publish: floodPublish } = table
  return {
    ...{ quic, encryption, dht, mdns },
    connectionsMax: connections_max,
    connectionsPerSecondMax: connections_per_second_max,
    gossip: {
      ...(neighbours !== undefined && { neighbours }),
      ...(floodPublish !== undefined && { floodPublish }),
    },
  }
}

/** What of the settings does not fit together. `placesMax`: peers that have a place. */
export function networkFaults(
  { quic, connectionsMax }: NetworkSettings,
  listen: readonly string[],
  placesMax: number,
): readonly string[] {
  const faults: string[] = []
  for (const [index, address] of listen.entries()) {
    if (quic || !address.endsWith('/quic-v1')) continue
    faults.push(`listen[${index}] is "${address}"; expected TCP, since network.quic is false`)
  }
  if (connectionsMax !== undefined && connectionsMax < placesMax) {
    const why = `since tuning has places for ${placesMax} peers`
    faults.push(
      `network.connections_max is ${connectionsMax}; expected ${placesMax} at least, ${why}`,
    )
  }
  return faults
}

/** The settings in the network's own words. Names that nodes of one chain have in common hold its tag. */
export function networkOptionsOf(
  settings: NetworkSettings,
  chainTag: Uint8Array,
  isListening: boolean,
): Pick<
  NetworkOptions,
  'quic' | 'encryption' | 'dht' | 'mdns' | 'connectionsPerSecondMax' | 'gossip'
> {
  const { quic, encryption, dht, mdns, connectionsPerSecondMax, gossip } = settings
  const tag = toHex(chainTag)
  // Nobody can ask one who is not there to be dialled.
  const mode = dht === true && isListening ? 'server' : 'client'
  return {
    ...{ quic, encryption, connectionsPerSecondMax, gossip },
    ...(dht !== false && { dht: { protocol: `/alys/${tag}/kad/1`, mode } }),
    ...(mdns && { mdns: { serviceTag: `_alys-${tag.slice(0, 32)}._udp.local` } }),
  }
}
