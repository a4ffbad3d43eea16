// The palette of faults, as data: what can be broken, where, and within which limits. One table drives the checks, the
// API, the page's controls and the tests. Carrying faults out is the supervisor's business (server/ensemble/faults).

/** What a fault is put on. */
export type FaultPlace = 'member' | 'link' | 'clients' | 'disk' | 'clock'

export type FaultUnit = 'ms' | 'percent' | 'bytes' | 'bytes/s'

export interface FaultParameter {
  readonly name: string
  readonly unit: FaultUnit
  /** A whole number from `min` to `max`. */
  readonly min: number
  readonly max: number
  readonly default: number
  readonly words: string
}

export interface FaultKind {
  readonly id: string
  readonly name: string
  readonly places: readonly FaultPlace[]
  /** False: it happens once, and is over; there is nothing to heal. */
  readonly lasts: boolean
  readonly parameters: readonly FaultParameter[]
  /** What it does, and what it cannot do. */
  readonly words: string
}

export const FAULT_DURATION_MS_MIN = 100
/** Nothing stays broken because somebody forgot it. */
export const FAULT_DURATION_MS_MAX = 600_000
export const FAULT_DURATION_MS_DEFAULT = 10_000
/** At one time. */
export const ACTIVE_FAULTS_MAX = 64

const DAY_MS = 86_400_000

function percent(max: number, initial: number, words: string): FaultParameter {
  return { name: 'percent', unit: 'percent', min: 1, max, default: initial, words }
}

/** Source of the names: the fault palette in the project's description; nothing is renamed on its way to the members. */
export const FAULT_CATALOGUE = [
  {
    id: 'kill',
    name: 'Kill',
    places: ['member'],
    lasts: true,
    parameters: [],
    words: 'SIGKILL: nothing is flushed and nobody says goodbye. Healing starts the member again.',
  },
  {
    id: 'pause',
    name: 'Pause',
    places: ['member'],
    lasts: true,
    parameters: [],
    words: 'SIGSTOP, as a long garbage collection: connections stay open and nothing answers. Healing lets it go on.',
  },
  {
    id: 'restart',
    name: 'Restart',
    places: ['member'],
    lasts: false,
    parameters: [],
    words: 'SIGTERM, then a new process on the same data.',
  },
  {
    id: 'cut',
    name: 'Cut',
    places: ['link', 'clients'],
    lasts: true,
    parameters: [],
    words:
      'Nothing gets through in either direction, not even the end of a connection. What TCP still had to send arrives ' +
      'when the cut heals, as after an unplugged cable.',
  },
  {
    id: 'one-way',
    name: 'One-way cut',
    places: ['link', 'clients'],
    lasts: true,
    parameters: [],
    words: 'As a cut, in one direction only: one side hears the other and is not heard.',
  },
  {
    id: 'delay',
    name: 'Delay',
    places: ['link', 'clients'],
    lasts: true,
    parameters: [
      { name: 'ms', unit: 'ms', min: 0, max: 60_000, default: 100, words: 'added to every chunk, each way' },
      { name: 'jitterMs', unit: 'ms', min: 0, max: 60_000, default: 0, words: 'at most this much more, by chance' },
    ],
    words:
      'Everything takes longer. It stays in order, because TCP keeps the order: a late chunk holds up the next ones.',
  },
  {
    id: 'loss',
    name: 'Loss',
    places: ['link', 'clients'],
    lasts: true,
    parameters: [percent(90, 10, 'of the chunks are lost at a time')],
    words:
      'A lossy network. TCP sends again what was lost, so the members see no gap but a delay: 200 ms, 400 ms, 800 ms … ' +
      'for each loss in a row.',
  },
  {
    id: 'duplicate',
    name: 'Duplicate',
    places: ['link'],
    lasts: true,
    parameters: [percent(100, 50, 'of the votes come twice')],
    words:
      'Election messages come twice, whole. Inside a TCP stream a duplicate cannot reach anybody, so the stream between ' +
      'leader and follower, and that of a client, are left alone.',
  },
  {
    id: 'reorder',
    name: 'Reorder',
    places: ['link'],
    lasts: true,
    parameters: [percent(100, 50, 'of the votes are overtaken by the next one')],
    words:
      'Election messages change places. Inside a TCP stream nothing is ever out of order (Zab is built on that), so the ' +
      'stream between leader and follower, and that of a client, are left alone.',
  },
  {
    id: 'throttle',
    name: 'Throttle',
    places: ['link', 'clients'],
    lasts: true,
    parameters: [
      {
        name: 'bytesPerSecond',
        unit: 'bytes/s',
        min: 1,
        max: 2 ** 30,
        default: 10_000,
        words: 'each way, a connection',
      },
    ],
    words: 'A slow line: what comes waits until what is before it has passed.',
  },
  {
    id: 'reset',
    name: 'Reset',
    places: ['link', 'clients'],
    lasts: false,
    parameters: [],
    words: 'Every connection there breaks at once; both sides see a reset, and may connect again at once.',
  },
  {
    id: 'slow-flush',
    name: 'Slow flush',
    places: ['disk'],
    lasts: true,
    parameters: [{ name: 'delayMs', unit: 'ms', min: 1, max: 60_000, default: 200, words: 'added to every flush' }],
    words: 'Every flush to disk takes longer, and with it every ACK.',
  },
  {
    id: 'stuck-flush',
    name: 'Stuck flush',
    places: ['disk'],
    lasts: true,
    parameters: [],
    words: 'No flush ends until this heals: the member acknowledges nothing.',
  },
  {
    id: 'failed-flush',
    name: 'Failed flush',
    places: ['disk'],
    lasts: true,
    parameters: [],
    words:
      'The next flush fails (EIO). The member ends, because nobody knows what is on the disk; it can be started again.',
  },
  {
    id: 'failed-write',
    name: 'Failed write',
    places: ['disk'],
    lasts: true,
    parameters: [],
    words:
      'Half of the next write arrives, then it fails (EIO). The member ends; it repairs its log at the next start.',
  },
  {
    id: 'disk-full',
    name: 'Disk full',
    places: ['disk'],
    lasts: true,
    parameters: [{ name: 'freeBytes', unit: 'bytes', min: 0, max: 2 ** 40, default: 0, words: 'that still fit' }],
    words: 'Nothing more fits (ENOSPC). A member that cannot log must leave the quorum: it ends.',
  },
  {
    id: 'clock-offset',
    name: 'Clock offset',
    places: ['clock'],
    lasts: true,
    parameters: [
      {
        name: 'ms',
        unit: 'ms',
        min: -3650 * DAY_MS,
        max: 3650 * DAY_MS,
        default: 3_600_000,
        words: 'ahead; negative: behind',
      },
    ],
    words: 'The wall clock is wrong. Timeouts do not look at it; the times in znodes do.',
  },
  {
    id: 'clock-jump',
    name: 'Clock jump',
    places: ['clock'],
    lasts: false,
    parameters: [{ name: 'ms', unit: 'ms', min: 1, max: DAY_MS, default: 60_000, words: 'forward, for good' }],
    words:
      'Both clocks jump ahead, as when a machine wakes up: what waits for a timeout has waited long enough. Only a restart undoes it.',
  },
  {
    id: 'clock-freeze',
    name: 'Clock freeze',
    places: ['clock'],
    lasts: true,
    parameters: [],
    words: 'Both clocks stand still: no timeout runs out, whatever happens. With a cut, a leader that does not notice.',
  },
] as const satisfies readonly FaultKind[]

export type FaultId = (typeof FAULT_CATALOGUE)[number]['id']

/** Null: there is no such fault. */
export function faultKind(id: string): FaultKind | null {
  return FAULT_CATALOGUE.find((kind) => kind.id === id) ?? null
}
