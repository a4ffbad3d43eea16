// What kinds of workload there are and what can be set about each: the one table that sliders, command line and
// schemas are made from. What a workload does with its settings is for server/workloads.

export type SettingUnit = 'ms' | '1/s' | '%' | 'bytes' | 'count'

export interface NumberSetting {
  readonly type: 'number'
  readonly about: string
  readonly unit: SettingUnit
  readonly min: number
  readonly max: number
  /** Of a slider. Values between its steps are fine. */
  readonly step: number
  readonly default: number
  /** Can be changed while it runs; the others are chosen at the start. */
  readonly live: boolean
}

export interface ChoiceSetting {
  readonly type: 'choice'
  readonly about: string
  readonly choices: readonly string[]
  readonly default: string
  readonly live: boolean
}

export interface FlagSetting {
  readonly type: 'flag'
  readonly about: string
  readonly default: boolean
  readonly live: boolean
}

export type WorkloadSetting = NumberSetting | ChoiceSetting | FlagSetting

export interface WorkloadDescription {
  readonly title: string
  readonly about: string
  readonly settings: Readonly<Record<string, WorkloadSetting>>
}

const sessionTimeoutMs = {
  type: 'number',
  about: 'session timeout asked for; the server has the last word',
  unit: 'ms',
  min: 500,
  max: 60_000,
  step: 500,
  default: 10_000,
  live: false,
} as const

export const WORKLOADS = {
  lock: {
    title: 'Lock contention',
    about: 'Contenders take one lock in turn, hold it, let it go, and think before they come again.',
    settings: {
      mode: {
        type: 'choice',
        about: 'the first three queue fairly; naive is a single ephemeral znode, at which the herd runs',
        choices: ['mutex', 'read-write', 'semaphore', 'naive'],
        default: 'mutex',
        live: false,
      },
      contenders: {
        type: 'number',
        about: 'clients',
        unit: 'count',
        min: 1,
        max: 200,
        step: 1,
        default: 5,
        live: true,
      },
      holdMs: {
        ...{ type: 'number', about: 'how long each holds it', unit: 'ms', live: true },
        ...{ min: 0, max: 60_000, step: 10, default: 500 },
      },
      thinkMs: {
        ...{ type: 'number', about: 'how long each waits before it comes again', unit: 'ms', live: true },
        ...{ min: 0, max: 60_000, step: 10, default: 200 },
      },
      readShare: {
        ...{ type: 'number', about: 'read-write: how many of the grants are for reading', unit: '%', live: true },
        ...{ min: 0, max: 100, step: 1, default: 80 },
      },
      leases: {
        ...{ type: 'number', about: 'semaphore: how many may hold at a time', unit: 'count', live: false },
        ...{ min: 1, max: 100, step: 1, default: 2 },
      },
      sessionTimeoutMs,
    },
  },
  configuration: {
    title: 'Configuration fan-out',
    about: 'Writers change one znode; each watcher is told, reads it, and times how long it took to get there.',
    settings: {
      writers: { type: 'number', about: 'clients', unit: 'count', min: 1, max: 20, step: 1, default: 1, live: true },
      writesPerSecond: {
        ...{ type: 'number', about: 'changes a second, all writers together', unit: '1/s', live: true },
        ...{ min: 0.1, max: 500, step: 0.1, default: 2 },
      },
      watchers: { type: 'number', about: 'clients', unit: 'count', min: 1, max: 500, step: 1, default: 20, live: true },
      bytes: {
        ...{ type: 'number', about: 'size of the configuration', unit: 'bytes', live: true },
        ...{ min: 32, max: 100_000, step: 32, default: 256 },
      },
      sessionTimeoutMs,
    },
  },
  membership: {
    title: 'Membership churn',
    about: 'Members join as ephemeral znodes and leave, some by a crash; an observer keeps the list.',
    settings: {
      joinsPerSecond: {
        ...{ type: 'number', about: 'how many come a second', unit: '1/s', live: true },
        ...{ min: 0, max: 50, step: 0.1, default: 1 },
      },
      leavesPerSecond: {
        ...{ type: 'number', about: 'how many go a second', unit: '1/s', live: true },
        ...{ min: 0, max: 50, step: 0.1, default: 0.8 },
      },
      crashShare: {
        ...{
          type: 'number',
          about: 'of those who go: without a word, until the session expires',
          unit: '%',
          live: true,
        },
        ...{ min: 0, max: 100, step: 1, default: 25 },
      },
      membersMax: {
        ...{ type: 'number', about: 'nobody joins beyond so many', unit: 'count', live: true },
        ...{ min: 1, max: 300, step: 1, default: 30 },
      },
      sessionTimeoutMs: { ...sessionTimeoutMs, default: 4000 },
    },
  },
  queue: {
    title: 'Queue',
    about: 'Producers append sequential znodes; consumers take the lowest, each item exactly one of them.',
    settings: {
      producers: { type: 'number', about: 'clients', unit: 'count', min: 0, max: 50, step: 1, default: 2, live: true },
      itemsPerSecond: {
        ...{ type: 'number', about: 'items a second, all producers together', unit: '1/s', live: true },
        ...{ min: 0.1, max: 1000, step: 0.1, default: 10 },
      },
      consumers: { type: 'number', about: 'clients', unit: 'count', min: 0, max: 50, step: 1, default: 3, live: true },
      workMs: {
        ...{ type: 'number', about: 'how long a consumer works on an item', unit: 'ms', live: true },
        ...{ min: 0, max: 60_000, step: 10, default: 200 },
      },
      lengthMax: {
        ...{ type: 'number', about: 'producers wait while the queue is so long', unit: 'count', live: true },
        ...{ min: 1, max: 10_000, step: 1, default: 500 },
      },
      sessionTimeoutMs,
    },
  },
  load: {
    title: 'Key–value load',
    about: 'Reads and writes at a set rate, whether or not the answers keep up: latency counts from when each was due.',
    settings: {
      opsPerSecond: {
        ...{ type: 'number', about: 'operations a second', unit: '1/s', live: true },
        ...{ min: 1, max: 50_000, step: 1, default: 200 },
      },
      readShare: {
        ...{ type: 'number', about: 'how many of them read', unit: '%', live: true },
        ...{ min: 0, max: 100, step: 1, default: 80 },
      },
      keys: {
        ...{ type: 'number', about: 'znodes', unit: 'count', live: false },
        ...{ min: 1, max: 100_000, step: 1, default: 100 },
      },
      bytes: {
        ...{ type: 'number', about: 'size of what is written', unit: 'bytes', live: true },
        ...{ min: 0, max: 500_000, step: 1, default: 100 },
      },
      sessions: { type: 'number', about: 'clients', unit: 'count', min: 1, max: 100, step: 1, default: 3, live: true },
      outstandingMax: {
        ...{
          type: 'number',
          about: 'beyond so many without an answer, operations are left out and counted',
          live: true,
        },
        ...{ unit: 'count', min: 1, max: 50_000, step: 1, default: 5000 },
      },
      sessionTimeoutMs,
    },
  },
  deadlock: {
    title: 'Two-lock deadlock',
    about: 'Two clients take two locks in opposite order. Without a timeout they wait for each other for ever.',
    settings: {
      timeoutMs: {
        ...{ type: 'number', about: 'patience with the second lock; 0 for none', unit: 'ms', live: false },
        ...{ min: 0, max: 600_000, step: 100, default: 0 },
      },
      betweenMs: {
        ...{
          type: 'number',
          about: 'between the first lock and the second: the longer, the surer',
          unit: 'ms',
          live: true,
        },
        ...{ min: 0, max: 60_000, step: 10, default: 300 },
      },
      holdMs: {
        ...{ type: 'number', about: 'how long both are held', unit: 'ms', live: true },
        ...{ min: 0, max: 60_000, step: 10, default: 300 },
      },
      sessionTimeoutMs,
    },
  },
  'paused-holder': {
    title: 'Paused holder',
    about: 'A process is stopped while it holds a lock, for longer than its session lives; then it goes on and writes.',
    settings: {
      fencing: {
        ...{ type: 'flag', about: 'the resource checks fencing tokens, and refuses one that is older', live: true },
        default: true,
      },
      pauseMs: {
        ...{ type: 'number', about: 'how long the holder is stopped (SIGSTOP)', unit: 'ms', live: true },
        ...{ min: 100, max: 120_000, step: 100, default: 6000 },
      },
      betweenMs: {
        ...{ type: 'number', about: 'between one round and the next', unit: 'ms', live: true },
        ...{ min: 0, max: 60_000, step: 100, default: 2000 },
      },
      sessionTimeoutMs: { ...sessionTimeoutMs, default: 3000 },
    },
  },
} as const satisfies Readonly<Record<string, WorkloadDescription>>

export type WorkloadKind = keyof typeof WORKLOADS

type ValueOf<S> = S extends { readonly type: 'number' }
  ? number
  : S extends { readonly type: 'flag' }
    ? boolean
    : S extends { readonly choices: readonly (infer C)[] }
      ? C
      : never

/** All settings of a kind, by name. */
export type WorkloadSettings<K extends WorkloadKind> = {
  readonly [Name in keyof (typeof WORKLOADS)[K]['settings']]: ValueOf<(typeof WORKLOADS)[K]['settings'][Name]>
}

/** Settings of some kind, where the kind is not known to the compiler. */
export type AnySettings = Readonly<Record<string, number | boolean | string>>

export const WORKLOAD_KINDS = Object.keys(WORKLOADS) as readonly WorkloadKind[] // the keys of that very object

/** What can be set about a kind, by name. */
export function settingsOf(kind: WorkloadKind): Readonly<Record<string, WorkloadSetting>> {
  return WORKLOADS[kind].settings
}
