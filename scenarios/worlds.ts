/** Links and machines that several scenarios share. */
import { uniform } from '../sim/distribution.ts'
import { type LinkModel, localLink } from '../sim/link.ts'

/** Between continents: 50 to 300 ms, as in the published latency tables; nothing is lost. */
export const wideArea: LinkModel = { ...localLink, latency: uniform(50_000, 300_000) }

/** Within a region: 5 to 40 ms. */
export const regional: LinkModel = { ...localLink, latency: uniform(5_000, 40_000) }
