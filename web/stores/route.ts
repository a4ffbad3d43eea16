// Everything that can be linked to, and its text form in the URL's query. Pure; route-store.ts joins it to
// the browser's history. The one path is `/`, so that any file server can serve the page.

export const VIEWS = ['ensemble', 'rounds', 'tree', 'watches', 'locks', 'sessions', 'metrics', 'playground'] as const
export type ViewName = (typeof VIEWS)[number]

/** How the Rounds view shows them. */
export const ROUND_FORMS = ['list', 'time', 'logs'] as const
export type RoundForm = (typeof ROUND_FORMS)[number]

/** How the Tree view shows it. */
export const TREE_FORMS = ['outline', 'map'] as const
export type TreeForm = (typeof TREE_FORMS)[number]

/** Parts of the Playground view. */
export const PLAY_TABS = ['scenarios', 'workloads', 'faults', 'connect'] as const
export type PlayTab = (typeof PLAY_TABS)[number]

/** How the Locks view shows all locks, and one that is open. */
export const LOCK_FORMS = ['ranking', 'blocked', 'graph', 'rules', 'queue', 'lanes', 'figures'] as const
export type LockForm = (typeof LOCK_FORMS)[number]

/** Longest search that an address carries. */
const FIND_MAX = 200

export const LANGUAGES = ['en', 'zh-CN'] as const
export type Language = (typeof LANGUAGES)[number]

export const THEMES = ['dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

/** What the inspector shows. Told apart by `type`, which is also the name of its query parameter. */
export type Selection =
  | { readonly type: 'member'; readonly sid: number }
  | { readonly type: 'znode'; readonly path: string }
  | { readonly type: 'round'; readonly zxid: string }
  | { readonly type: 'session'; readonly session: string }
  | { readonly type: 'watch'; readonly path: string }
  | { readonly type: 'contender'; readonly path: string }

export interface Route {
  /** Which cluster, by id; `null`: the gateway's first. */
  readonly cluster: string | null
  readonly view: ViewName
  readonly selection: Selection | null
  /** Lock directory opened in the Locks view. */
  readonly lock: string | null
  /** `null`: the first that fits. */
  readonly lockForm: LockForm | null
  readonly rounds: RoundForm
  readonly tree: TreeForm
  /** What the Rounds view is searched for; empty for everything. */
  readonly find: string
  readonly play: PlayTab
  /** `null`: as the browser prefers. */
  readonly language: Language | null
  readonly theme: Theme | null
}

export const HOME: Route = {
  cluster: null,
  view: 'ensemble',
  selection: null,
  lock: null,
  lockForm: null,
  rounds: 'list',
  tree: 'outline',
  find: '',
  play: 'scenarios',
  language: null,
  theme: null,
}

function oneOf<T extends string>(allowed: readonly T[], text: string | null): T | null {
  return allowed.find((value) => value === text) ?? null
}

function parseSelection(query: URLSearchParams): Selection | null {
  const sid = query.get('member')
  if (sid !== null && /^\d{1,9}$/.test(sid)) return { type: 'member', sid: Number(sid) }
  const znode = query.get('znode')
  if (znode?.startsWith('/')) return { type: 'znode', path: znode }
  const zxid = query.get('round')
  if (zxid !== null && /^0x[0-9a-f]{1,16}$/.test(zxid)) return { type: 'round', zxid }
  const session = query.get('session')
  if (session !== null && /^0x[0-9a-f]{1,16}$/.test(session)) return { type: 'session', session }
  const watch = query.get('watch')
  if (watch?.startsWith('/')) return { type: 'watch', path: watch }
  const contender = query.get('contender')
  if (contender?.startsWith('/')) return { type: 'contender', path: contender }
  return null
}

/** Reads a query such as `?view=tree&znode=/app`; what it does not understand is left out. */
export function parseRoute(search: string): Route {
  const query = new URLSearchParams(search)
  const lock = query.get('lock')
  const cluster = query.get('cluster')
  return {
    cluster: cluster !== null && /^[a-z0-9-]{1,48}$/.test(cluster) ? cluster : null,
    view: oneOf(VIEWS, query.get('view')) ?? HOME.view,
    selection: parseSelection(query),
    lock: lock?.startsWith('/') ? lock : null,
    lockForm: oneOf(LOCK_FORMS, query.get('show')),
    rounds: oneOf(ROUND_FORMS, query.get('as')) ?? HOME.rounds,
    tree: oneOf(TREE_FORMS, query.get('tree')) ?? HOME.tree,
    find: (query.get('find') ?? '').slice(0, FIND_MAX),
    play: oneOf(PLAY_TABS, query.get('play')) ?? HOME.play,
    language: oneOf(LANGUAGES, query.get('lang')),
    theme: oneOf(THEMES, query.get('theme')),
  }
}

function selectionValue(selection: Selection): string {
  switch (selection.type) {
    case 'member':
      return String(selection.sid)
    case 'round':
      return selection.zxid
    case 'session':
      return selection.session
    default:
      return selection.path
  }
}

/** The query of a route, empty for the home view. Slashes stay readable. */
export function formatRoute(route: Route): string {
  const query = new URLSearchParams()
  if (route.cluster !== null) query.set('cluster', route.cluster)
  if (route.view !== HOME.view) query.set('view', route.view)
  if (route.lock !== null) query.set('lock', route.lock)
  if (route.lockForm !== null) query.set('show', route.lockForm)
  if (route.rounds !== HOME.rounds) query.set('as', route.rounds)
  if (route.tree !== HOME.tree) query.set('tree', route.tree)
  if (route.find !== '') query.set('find', route.find)
  if (route.play !== HOME.play) query.set('play', route.play)
  if (route.selection) query.set(route.selection.type, selectionValue(route.selection))
  if (route.language) query.set('lang', route.language)
  if (route.theme) query.set('theme', route.theme)
  const text = query.toString().replaceAll('%2F', '/')
  return text === '' ? '' : `?${text}`
}

export function sameSelection(a: Selection | null, b: Selection | null): boolean {
  if (a === null || b === null) return a === b
  return a.type === b.type && selectionValue(a) === selectionValue(b)
}

/** One text for one thing, for lighting it up everywhere. */
export function selectionKey(selection: Selection): string {
  return `${selection.type} ${selectionValue(selection)}`
}
