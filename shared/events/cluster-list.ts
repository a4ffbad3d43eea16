// The clusters that one gateway holds side by side: what a page is told of each, and how an admin attaches another one or
// lets one go. What an attached one lets us see is attach.ts.

import type { Answer } from './socket-protocol.ts'

/** Clusters of one gateway at once, the one that it was started with included. */
export const CLUSTERS_MAX = 8
/** Characters of the name that a person gives a cluster. */
export const CLUSTER_NAME_MAX = 40
/** Characters of a connect string that a page may send. */
export const CONNECT_STRING_MAX = 1024
/** Who the session of an attached cluster is. */
export const CREDENTIALS_MAX = 16

/** embedded: the gateway's own ensemble. attached: somebody else's. */
export type ClusterKind = 'embedded' | 'attached'

/** What the list of clusters shows of one, whichever of them a page looks at. */
export interface ClusterSummary {
  /** Letters, digits and dashes; in addresses and in `?cluster=`. */
  readonly id: string
  readonly kind: ClusterKind
  readonly name: string
  /** `host:port,…` */
  readonly connectString: string
  /** Members that serve, of those that are known. */
  readonly serving: number
  readonly members: number
  /** Whether its tree may be changed from here. */
  readonly readOnly: boolean
  /** The one that the gateway was started with: it cannot be detached. */
  readonly first: boolean
  /** It comes back when the gateway is started again. */
  readonly kept: boolean
}

export interface ClusterList {
  /** The first one first, the others as they came. */
  readonly clusters: readonly ClusterSummary[]
  readonly most: number
  /** What may be attached from a page: `localhost`, `10.0.0.0/8:2181` … */
  readonly allowedTargets: readonly string[]
}

/** Secrets are in `auth` alone; they are neither kept nor told to anybody. */
export interface AttachRequest {
  /** `host:port,…[/chroot]` */
  readonly connectString: string
  /** Left out: made from the connect string. */
  readonly name?: string | undefined
  /** Left out: read-only. */
  readonly allowWrites?: boolean | undefined
  /** Speak TLS; left out: plain TCP. `ca`: whom to trust beside the usual authorities' list, as PEM. */
  readonly tls?: { readonly ca?: string | undefined; readonly serverName?: string | undefined } | undefined
  /** Who the session is. */
  readonly auth?: readonly { readonly scheme: string; readonly auth: string }[] | undefined
  /** The credentials may travel without TLS beyond this machine. */
  readonly authInClear?: boolean | undefined
  /** Of the servers' AdminServers and metrics, one for all or one each; left out: the usual ones. */
  readonly adminPorts?: readonly number[] | undefined
  readonly metricsPorts?: readonly number[] | undefined
  /** Attach it again when the gateway is started again; not possible with credentials. */
  readonly keep?: boolean | undefined
}

export interface ClusterListRequests {
  'cluster:list'(request: Record<string, never>, answer: (a: Answer<ClusterList>) => void): void
  /** Answered before any of its servers has answered: whether they do is what the cluster then shows. */
  'cluster:attach'(request: AttachRequest, answer: (a: Answer<ClusterSummary>) => void): void
  'cluster:detach'(request: { readonly cluster: string }, answer: (a: Answer<null>) => void): void
  /** This socket looks at another cluster from now on; it is told to say hello again. */
  'cluster:select'(request: { readonly cluster: string }, answer: (a: Answer<null>) => void): void
}
