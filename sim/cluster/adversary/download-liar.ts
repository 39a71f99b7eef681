/**
 * A peer that lies about the chain whenever it is downloaded from: pieces left out, doubled or in the
 * wrong order, headers that fork, certificates that prove nothing, bytes that are wrong.
 */
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import { flipped, stale, trailing } from './answer-rules.ts'
import {
  changedHeader,
  disordered,
  doubled,
  extra,
  forgedAuthor,
  forkedHeaders,
  gap,
  inventedCertified,
  wrongCertificates,
} from './chain-rules.ts'
import {
  atProtocol,
  hostileServer,
  type MakeServeRule,
  oneOf,
  sometimes,
} from './hostile-server.ts'

const anywhere = [gap, doubled, disordered, extra, stale, trailing, flipped('anywhere')]

/** Lies in nine of ten answers. */
export const downloadLiar = hostileServer(
  atProtocol(
    protocolId.certified,
    mostly(
      ...anywhere,
      wrongCertificates('forged'),
      wrongCertificates('too-few'),
      inventedCertified,
    ),
  ),
  atProtocol(
    protocolId.headers,
    mostly(...anywhere, changedHeader('first'), changedHeader('last'), forkedHeaders, forgedAuthor),
  ),
  atProtocol(protocolId.bodies, mostly(...anywhere, flipped('first'), flipped('last'))),
)

function mostly(...lies: readonly MakeServeRule[]): MakeServeRule {
  return sometimes(90, oneOf(...lies))
}
