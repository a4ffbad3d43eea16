// What a page is told about an attached ensemble: what can be seen of it, from which source, and which line of whose
// configuration would bring what cannot. Part of `about`; an ensemble that the gateway started has none of this.

export const CAPABILITY_IDS = [
  'servers',
  'figures',
  'sessions',
  'watches',
  'configuration',
  'rounds',
  'elections',
  'latencies',
  'writes',
  'faults',
] as const
export type CapabilityId = (typeof CAPABILITY_IDS)[number]

export interface Capability {
  readonly id: CapabilityId
  /** True: of every server that answers, or of the ensemble as a whole. */
  readonly available: boolean
  /** A sentence: where it comes from, or why it does not. */
  readonly because: string
  /** Lines of the servers' configuration, or commands, each of which would bring it; none when nothing would. */
  readonly fixes: readonly string[]
}

/** Figures of a member that a source may not tell. */
export const MEMBER_FIGURES = ['sessions', 'watches', 'znodes', 'connections', 'outstanding', 'requests'] as const
export type MemberFigure = (typeof MEMBER_FIGURES)[number]

export interface AttachedServer {
  readonly sid: number
  /** `host:port` for clients. */
  readonly address: string
  /** How its id is known; `order`: it is only its place in the connect string. */
  readonly idFrom: 'conf' | 'AdminServer' | '/zookeeper/config' | 'order'
  /** As it says itself; null while unknown. */
  readonly version: string | null
  /** leader, follower, observer, standalone, read-only; null while unknown. */
  readonly mode: string | null
  /** What answers: `srvr`, `cons`, `AdminServer`, `metrics` … */
  readonly sources: readonly string[]
  /** False: it is only named by /zookeeper/config; the gateway has not been told to ask it. */
  readonly asked: boolean
  /** Why it does not answer, as a sentence; null when it does. */
  readonly problem: string | null
  /** When it answered last, ms since 1970; 0: never. */
  readonly heardAt: number
}

/** What is asked beside the session, of all servers together. */
export interface ProbeLoad {
  /** In the last minute. */
  readonly wordsPerMinute: number
  readonly httpPerMinute: number
  /** Four-letter words that one server is asked at most in a minute. */
  readonly wordsPerServerAndMinuteMax: number
  /** Requests of the session that are made at most in a second. */
  readonly requestsPerSecondMax: number
}

export interface AttachedAbout {
  readonly readOnly: boolean
  readonly servers: readonly AttachedServer[]
  readonly capabilities: readonly Capability[]
  readonly probes: ProbeLoad
}
