/** Why a command cannot do what it was asked: the set-up is wrong, not the node. Exit code 4. */
export interface SetupFault {
  readonly code: 'config' | 'keys' | 'data' | 'port' | 'exists' | 'missing' | 'rpc' | 'io'
  /** Names the file, field or port, and is fit to be shown. May have several lines. */
  readonly detail: string
}
