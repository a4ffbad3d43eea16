// Operations about the clusters of the gateway, and about one of them as the gateway treats it.

import { z } from 'zod'
import { CLUSTER_NAME_MAX, CLUSTERS_MAX, CONNECT_STRING_MAX, CREDENTIALS_MAX } from '#shared/events/cluster-list.ts'
import { CLUSTER_ID } from '../attach/cluster-id.ts'
import { nothing } from './fields.ts'
import type { Operations } from './operation.ts'

type ClusterRequest = `cluster:${'list' | 'attach' | 'detach' | 'select' | 'allow-writes'}`

const PEM_CHARS_MAX = 64 * 1024
const SECRET_CHARS_MAX = 1000
const PORTS_MAX = 50

export const clusterField = z.string().regex(CLUSTER_ID).meta({ description: 'Id of a cluster, as the list has it.' })
const name = z
  .string()
  .trim()
  .min(1)
  .max(CLUSTER_NAME_MAX)
  .regex(/^[^\p{C}]*$/u, 'a name has no control characters')
const ports = z.array(z.int().min(1).max(65_535)).max(PORTS_MAX)
/** Text and never a path: the gateway reads no file because a page says so. */
const pem = z
  .string()
  .max(PEM_CHARS_MAX)
  .regex(/^\s*-----BEGIN CERTIFICATE-----/, 'a certificate begins with -----BEGIN CERTIFICATE-----')

export const CLUSTER_OPERATIONS: Operations<ClusterRequest> = {
  'cluster:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'The clusters of this gateway, each with how many of its members serve, and what may be attached.',
    rest: { method: 'GET', path: '/clusters' },
  },
  'cluster:attach': {
    role: 'admin',
    audited: true,
    touches: 'gateway',
    input: z.strictObject({
      connectString: z.string().min(1).max(CONNECT_STRING_MAX).meta({ description: '`host:port,…[/chroot]`' }),
      name: name.optional(),
      allowWrites: z.boolean().optional().meta({ description: 'Left out: read-only.' }),
      tls: z
        .strictObject({ ca: pem.optional(), serverName: z.string().min(1).max(253).optional() })
        .optional()
        .meta({ description: 'Speak TLS; `ca` is whom to trust, as PEM.' }),
      auth: z
        .array(
          z.strictObject({
            scheme: z.string().regex(/^[a-z][a-z0-9]{0,31}$/),
            auth: z.string().min(1).max(SECRET_CHARS_MAX),
          }),
        )
        .max(CREDENTIALS_MAX)
        .optional()
        .meta({ description: 'Who the session is: `{"scheme":"digest","auth":"user:password"}`. Never kept.' }),
      authInClear: z.boolean().optional(),
      adminPorts: ports.optional(),
      metricsPorts: ports.optional(),
      keep: z.boolean().optional().meta({ description: 'Attach it again at the next start; not with `auth`.' }),
    }),
    asksPassword: ({ allowWrites, auth }) => allowWrites === true || (auth?.length ?? 0) > 0,
    summary: `Attaches a cluster that somebody else runs; at most ${CLUSTERS_MAX} in all.`,
    rest: { method: 'POST', path: '/clusters' },
  },
  'cluster:detach': {
    role: 'admin',
    audited: true,
    touches: 'gateway',
    input: z.strictObject({ cluster: clusterField }),
    summary: 'Lets an attached cluster go, as it is; its servers notice that one session has closed.',
    rest: { method: 'DELETE', path: '/clusters/{cluster}' },
  },
  'cluster:select': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({ cluster: clusterField }),
    summary: 'Makes this socket look at another cluster; it gets `resync`, and a snapshot at its next hello.',
    rest: null,
  },
  'cluster:allow-writes': {
    role: 'admin',
    audited: true,
    touches: 'gateway',
    asksPassword: ({ on }) => on,
    input: z.strictObject({ on: z.boolean() }),
    summary: 'Says whether an attached ensemble may be changed from here; until the gateway ends.',
    rest: { method: 'PUT', path: '/cluster/allow-writes' },
  },
}
