// The contract between the dispatcher and the services that carry requests out. A service throws RequestError
// (or EnsembleError) with a sentence; the dispatcher makes the answer of it.

import type { Answer, ClientToServer } from '#shared/events/socket-protocol.ts'
import type { PageClient } from './page-client.ts'
import type { RequestName } from './permissions.ts'
import type { RequestOf } from './request-schemas.ts'

/** Everything but `hello`, which is about the socket itself. */
export type ActionName = Exclude<RequestName, 'hello'>

type ValueOf<Name extends ActionName> =
  Parameters<Parameters<ClientToServer[Name]>[1]>[0] extends Answer<infer Value> ? Value : never

export type Handler<Name extends ActionName> = (client: PageClient, request: RequestOf<Name>) => Promise<ValueOf<Name>>

export type Handlers = { readonly [Name in ActionName]: Handler<Name> }
