// What an operation of the gateway is: one entry of the table that drives Socket.IO requests, REST routes, the OpenAPI
// document, the audit log and what the page offers. The types come from the socket protocol, so that an entry that
// does not fit its request does not compile. table.ts has all entries, handlers.ts who carries them out.

import type { z } from 'zod'
import type { Answer, ClientToServer } from '#shared/events/socket-protocol.ts'
import type { Role } from './roles.ts'

export type RequestName = keyof ClientToServer
export type RequestOf<Name extends RequestName> = Parameters<ClientToServer[Name]>[0]
/** Everything but `hello`, which is about the socket itself. */
export type ActionName = Exclude<RequestName, 'hello'>
export type ValueOf<Name extends ActionName> =
  Parameters<Parameters<ClientToServer[Name]>[1]>[0] extends Answer<infer Value> ? Value : never

export type RestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface RestRoute {
  readonly method: RestMethod
  /**
   * Below `/api/v1`. `{sid}` takes the input's field `sid` from the path. The other fields come from the query for GET
   * and DELETE, and from a JSON body otherwise.
   */
  readonly path: string
  /** Fields that this route sets itself: a route that pushes nothing watches nothing. */
  readonly fixed?: Readonly<Record<string, unknown>>
  /** Largest body; BODY_BYTES_MAX when not given. */
  readonly bodyBytesMax?: number
  /** The field that is the body itself, as a stream: a file, `application/gzip`. Left out: the body is JSON. */
  readonly fileField?: string
  /** The field that `If-Match` sets, and the answer's `ETag` shows. */
  readonly versionField?: string
}

export interface Operation<Name extends RequestName> {
  /** The least role that may ask. */
  readonly role: Role
  /** It changes something, so each use, also a refused one, is a record of the audit log. */
  readonly audited: boolean
  /**
   * What an audited operation changes: `gateway`: nothing outside of it; `members`: processes and sessions of an
   * ensemble that this process started. Left out: the ensemble's tree, so that one that says nothing is refused where
   * changes are not allowed.
   */
  readonly touches?: 'gateway' | 'members'
  /** The shape of the request; unknown fields are refused. */
  readonly input: z.ZodType<RequestOf<Name>>
  /** Whether this request is one that nobody should find an unattended screen ready for; left out: none is. */
  asksPassword?(input: RequestOf<Name>): boolean
  /** A sentence for the API document and the page. */
  readonly summary: string
  /** null: makes sense on a socket only. */
  readonly rest: RestRoute | null
  /** It answers with a file, which only REST can carry. */
  readonly restOnly?: true
}

/** Entries for some requests; each area of the gateway has a file of its own. */
export type Operations<Names extends RequestName> = { readonly [Name in Names]: Operation<Name> }
