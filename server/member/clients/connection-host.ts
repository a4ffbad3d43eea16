// What one client's connection needs from the server around it; client-port.ts provides it.

import type { PeerInput } from '#shared/peer/contract.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import type { PasswordRule } from '../auth/session-password.ts'
import type { MemberLogger } from '../logging.ts'
import type { ClientConnection } from './client-connection.ts'
import type { ClientOutputHost } from './client-output.ts'

export interface ConnectionHost extends ClientOutputHost {
  readonly log: MemberLogger
  readonly frameBytesMax: number
  readonly outstandingMax: number
  readonly passwords: PasswordRule
  readonly authenticator: Authenticator
  readonly feed: (input: PeerInput) => void
  readonly isServing: () => boolean
  readonly isTextCommand: (word: string) => boolean
  /** `argument`: what came behind the word, up to eight bytes. */
  readonly textCommand: (word: string, connection: ClientConnection, argument: Uint8Array) => Promise<string>
  /** False: this address has tried too many wrong passwords lately. */
  readonly mayResume: (address: string) => boolean
  readonly onWrongPassword: (address: string) => void
  /** It waits because too many requests are outstanding; `proceed` when that is over. */
  readonly onHeld: (connection: ClientConnection) => void
  /** Connections wait already: who comes later waits, too. */
  readonly othersWait: () => boolean
  readonly onClosed: (connection: ClientConnection, reason: string) => void
}
