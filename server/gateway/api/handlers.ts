// The contract between the dispatcher and the services that carry requests out. A service throws RequestError
// (or EnsembleError) with a sentence; the dispatcher makes the answer of it.

import type { PageClient } from '../page-client.ts'
import type { ActionName, RequestOf, ValueOf } from './operation.ts'

/** What the audit log is to know beside the request: versions, sizes and digests before and after; never data. */
export type Trail = (facts: Readonly<Record<string, unknown>>) => void

export type Handler<Name extends ActionName> = (
  client: PageClient,
  request: RequestOf<Name>,
  trail?: Trail,
) => Promise<ValueOf<Name>>

export type Handlers = { readonly [Name in ActionName]: Handler<Name> }
