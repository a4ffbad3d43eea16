// What an attached ensemble lets us see, as sentences and as the lines of configuration that would bring the rest.

import type { Capability } from '#shared/events/attach.ts'
import type { Source } from './server-probe.ts'

export const WHITELIST_LINE = '4lw.commands.whitelist=srvr,mntr,cons,wchs,conf'
export const WATCHES_LINE = '4lw.commands.whitelist=srvr,mntr,cons,wchs,conf,wchp'
export const ADMIN_LINE = 'admin.enableServer=true'
export const METRICS_LINE =
  'metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'

/** A server as far as it matters here. */
export interface Seen {
  readonly sid: number
  /** Its id is only its place in the connect string. */
  readonly idGuessed: boolean
  readonly serves: boolean
  sourceOf(use: string): Source | null
}

export interface Circumstances {
  /** Asked ones. */
  readonly servers: readonly Seen[]
  /** `host:port` of servers that only /zookeeper/config names. */
  readonly notAsked: readonly string[]
  /** null: /zookeeper/config is read; else why not. */
  readonly configProblem: string | null
  readonly connectString: string
  readonly readOnly: boolean
}

export function capabilitiesOf(seen: Circumstances): readonly Capability[] {
  const { servers, notAsked, configProblem, connectString, readOnly } = seen
  return [
    shownBy(
      servers,
      'servers',
      'state',
      'the role and the zxid',
      'neither srvr nor stat is allowed, nor is there an AdminServer',
      [WHITELIST_LINE, ADMIN_LINE],
    ),
    shownBy(
      servers,
      'figures',
      'figures',
      'counts of sessions and watches',
      'mntr is not allowed, and neither AdminServer nor metrics answer',
      [WHITELIST_LINE, ADMIN_LINE, METRICS_LINE],
    ),
    shownBy(servers, 'sessions', 'connections', 'who is connected', 'cons is not allowed, and no AdminServer answers', [
      WHITELIST_LINE,
      ADMIN_LINE,
    ]),
    watches(servers),
    configuration(servers, notAsked, configProblem, connectString),
    {
      id: 'rounds',
      available: false,
      because:
        'Rounds are not visible on an attached ensemble: its servers tell nobody about proposals and acknowledgements. Changes of the tree are seen where somebody looks.',
      fixes: [],
    },
    {
      id: 'elections',
      available: false,
      because:
        'Votes are not visible on an attached ensemble. Who leads is asked of each server, several times in five seconds.',
      fixes: [],
    },
    {
      id: 'latencies',
      available: false,
      because:
        'Only members that Zabscope starts tell how long commits, flushes and requests take. Writes are counted exactly, by zxids.',
      fixes: [],
    },
    {
      id: 'writes',
      available: !readOnly,
      because: readOnly
        ? 'This attached ensemble is read-only until an admin allows changes.'
        : 'An admin has allowed changes; each is written to the audit log.',
      fixes: [],
    },
    {
      id: 'faults',
      available: false,
      because: 'Only an ensemble that Zabscope started can be broken; this one it can only look at.',
      fixes: [],
    },
  ]
}

/** `lack` is the end of a sentence. */
function shownBy(
  servers: readonly Seen[],
  id: Capability['id'],
  use: string,
  what: string,
  lack: string,
  fixes: readonly string[],
): Capability {
  const serving = servers.filter(({ serves }) => serves)
  if (serving.length === 0)
    return { id, available: false, because: 'No server of the ensemble answers and serves now.', fixes: [] }
  const without = serving.filter((server) => server.sourceOf(use) === null)
  if (without.length > 0) {
    const because = `${named(without)} ${without.length === 1 ? 'does' : 'do'} not tell ${what}: ${lack}.`
    return { id, available: false, because, fixes }
  }
  const sources = [...new Set(serving.map((server) => server.sourceOf(use)))]
  return { id, available: true, because: `From ${sources.join(' and ')}.`, fixes: [] }
}

/** Asked for only when somebody looks; so this says where they would come from. */
function watches(servers: readonly Seen[]): Capability {
  const tables = shownBy(
    servers,
    'watches',
    'watches',
    'which session watches which path',
    'no AdminServer answers, and wchp has not answered',
    [ADMIN_LINE, WATCHES_LINE],
  )
  if (!tables.available) return tables
  return { ...tables, because: `${tables.because} Child watches and deliveries are told by nobody.` }
}

function configuration(
  servers: readonly Seen[],
  notAsked: readonly string[],
  problem: string | null,
  connectString: string,
): Capability {
  const id = 'configuration'
  const guessed = servers.filter(({ idGuessed }) => idGuessed)
  if (guessed.length > 0) {
    const because = `${problem ?? `/zookeeper/config does not tell the client port of each server.`} ${named(guessed)}: the number is only the place in the connect string.`
    return { id, available: false, because, fixes: [WHITELIST_LINE, ADMIN_LINE] }
  }
  if (problem !== null) return { id, available: false, because: problem, fixes: [] }
  if (notAsked.length === 0)
    return { id, available: true, because: 'All servers that /zookeeper/config names are asked.', fixes: [] }
  const slash = connectString.indexOf('/')
  const [hosts, chroot] = slash < 0 ? [connectString, ''] : [connectString.slice(0, slash), connectString.slice(slash)]
  return {
    id,
    available: false,
    because: `/zookeeper/config also names ${notAsked.join(', ')}; only servers that the connect string names are asked.`,
    fixes: [`zabscope connect ${[hosts, ...notAsked].join(',')}${chroot}`],
  }
}

function named(servers: readonly Seen[]): string {
  const sids = servers.map(({ sid }) => sid)
  return sids.length === 1 ? `Server ${sids[0]}` : `Servers ${sids.slice(0, -1).join(', ')} and ${sids.at(-1)}`
}
