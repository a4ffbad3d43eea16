// Which folder may import which, as data; tidy.test.ts holds every source file to it. To add a folder, add a
// row; to widen one, change its row and say why in the commit. The README of shared/ has the picture.

export interface ImportRule {
  /** Folders of this repository that it may import, besides itself. */
  readonly from: readonly string[]
  /** Folders from which it may import types only. */
  readonly typesFrom?: readonly string[]
}

const SHARED = [
  ...['shared/base', 'shared/zk', 'shared/jute', 'shared/tree', 'shared/zab', 'shared/peer'],
  ...['shared/events', 'shared/recipes', 'shared/history'],
]
const SHARED_OF_THE_PAGE = ['shared/base', 'shared/zk', 'shared/events', 'shared/recipes']
/** Each may import those before it. */
const PARTS_OF_THE_PAGE = ['web/feeds', 'web/viz', 'web/stores', 'web/i18n', 'web/ui', 'web/panels', 'web/pages']

function partOfThePage(name: string): ImportRule {
  return { from: [...SHARED_OF_THE_PAGE, ...PARTS_OF_THE_PAGE.slice(0, PARTS_OF_THE_PAGE.indexOf(name))] }
}

/** The deepest folder that contains a file is the one whose row counts. */
export const IMPORT_TABLE: Readonly<Record<string, ImportRule>> = {
  'shared/base': { from: [] },
  'shared/zk': { from: ['shared/base'] },
  'shared/jute': { from: ['shared/base', 'shared/zk'] },
  'shared/tree': { from: ['shared/base', 'shared/zk'] },
  'shared/zab': { from: ['shared/base', 'shared/zk'] },
  'shared/peer': { from: ['shared/base', 'shared/zk', 'shared/zab', 'shared/tree'] },
  'shared/events': { from: ['shared/base', 'shared/zk'], typesFrom: ['shared/zab', 'shared/peer', 'shared/recipes'] },
  'shared/recipes': { from: ['shared/base', 'shared/zk'] },
  'shared/history': { from: ['shared/base', 'shared/zk', 'shared/tree'] },
  /** Plain data: what a guided scenario says and does. */
  'shared/scenarios': { from: ['shared/base', 'shared/zk', 'shared/events'] },
  'shared/sim': { from: SHARED.filter((folder) => folder !== 'shared/jute') },

  /** For tests alone. */
  'server/testing': { from: [] },
  /** Faults of connections, for members and for clients alike. */
  'server/faults': { from: ['shared/base'] },
  'server/storage': { from: SHARED },
  /** One mechanism, both sides: members and clients each have theirs. */
  'server/sasl': { from: [] },
  'server/member': { from: [...SHARED, 'server/storage', 'server/faults', 'server/sasl'] },
  'server/client': { from: [...SHARED, 'server/sasl'] },
  'server/ensemble': { from: [...SHARED, 'server/client'] },
  /** Clients at work, each kind in a process of its own. */
  'server/workloads': { from: [...SHARED, 'server/client'] },
  'server/shell': { from: [...SHARED, 'server/client'] },
  'server/gateway': {
    from: [...SHARED, 'shared/scenarios', 'server/client', 'server/ensemble', 'server/workloads'],
  },
  /** Processes against each other; it is all testing, so it may use what tests share. */
  'server/peers': { from: [...SHARED, 'server/testing', 'server/client'] },
  /** Breaks a real ensemble while real clients use it, and judges what they saw. */
  'server/nemesis': {
    from: [...SHARED, 'server/storage', 'server/faults', 'server/client', 'server/ensemble'],
  },
  /** One lock, contenders of three libraries, members killed: it is all testing. */
  'server/exclusion': {
    from: [...SHARED, 'server/storage', 'server/client', 'server/peers', 'server/testing'],
  },
  'server/bench': { from: [...SHARED, 'server/ensemble', 'server/storage', 'server/client'] },
  /** The seeded world, as a tool of its own. */
  'server/simulate': { from: [...SHARED, 'shared/sim'] },
  'server/launch': {
    from: [
      ...SHARED,
      ...[
        'server/storage',
        'server/tools',
        'server/member',
        'server/client',
        'server/ensemble',
        'server/gateway',
        'server/workloads',
        'server/shell',
        'server/bench',
      ],
    ],
  },

  'web/feeds': partOfThePage('web/feeds'),
  'web/viz': { from: SHARED_OF_THE_PAGE },
  'web/stores': partOfThePage('web/stores'),
  'web/i18n': partOfThePage('web/i18n'),
  'web/ui': partOfThePage('web/ui'),
  'web/panels': partOfThePage('web/panels'),
  'web/pages': partOfThePage('web/pages'),
  /** Stands in for a gateway while developing; never built. */
  'web/testing': { from: [...SHARED_OF_THE_PAGE, ...PARTS_OF_THE_PAGE, 'web'] },
  /** Entry points of the page. */
  web: { from: [...SHARED_OF_THE_PAGE, ...PARTS_OF_THE_PAGE] },

  /** Sees only the running app. */
  e2e: { from: [] },
}

/** Pairs that not even a test may join; they meet only on the wire. */
export const NEVER: readonly (readonly [string, string])[] = [
  ['server/member', 'server/gateway'],
  ['server/gateway', 'server/member'],
  ['server', 'web'],
  ['web', 'server'],
  ['shared', 'server'],
  ['shared', 'web'],
  ['e2e', 'server'],
  ['e2e', 'web'],
]
