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
  /** Unless something else is asked for; left out: FAULT_DURATION_MS_DEFAULT. */
  readonly durationMs?: number
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
/** Somebody takes their time over what is held; a crash point waits for its moment. */
const HOLD_MS = 300_000
const ARMED_MS = 60_000

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
    id: 'crash-before-proposal',
    name: 'Crash before the proposal',
    places: ['member'],
    lasts: true,
    durationMs: ARMED_MS,
    parameters: [],
    words:
      'Armed: the member ends as by SIGKILL when it leads and is about to send the next PROPOSAL. Nobody else knows of that ' +
      'txn. Healing disarms it, or starts the member again.',
  },
  {
    id: 'crash-before-flush',
    name: 'Crash before the flush',
    places: ['member'],
    lasts: true,
    durationMs: ARMED_MS,
    parameters: [],
    words:
      'Armed: a power cut before the next flush. What was not flushed is lost: of the next records nothing is on its disk. ' +
      'Healing disarms it, or starts the member again.',
  },
  {
    id: 'crash-torn-write',
    name: 'Crash in the middle of a write',
    places: ['member'],
    lasts: true,
    durationMs: ARMED_MS,
    parameters: [],
    words:
      'Armed: a power cut in the middle of the next write to the log, half of which is on disk. The next start finds a torn ' +
      'record, and repairs it. Healing disarms it, or starts the member again.',
  },
  {
    id: 'crash-after-flush',
    name: 'Crash after the flush',
    places: ['member'],
    lasts: true,
    durationMs: ARMED_MS,
    parameters: [],
    words:
      'Armed: the member ends as by SIGKILL when the next records are on its disk, before it has acknowledged them to ' +
      'anybody. Healing disarms it, or starts the member again.',
  },
  {
    id: 'crash-before-commit',
    name: 'Crash before the COMMIT',
    places: ['member'],
    lasts: true,
    durationMs: ARMED_MS,
    parameters: [],
    words:
      'Armed: the member ends as by SIGKILL when it leads and has a quorum of acks, before any COMMIT leaves. The client is ' +
      'not told; the txn survives all the same. Healing disarms it, or starts the member again.',
  },
  {
    id: 'crash-after-ack',
    name: 'Crash after the ACK',
    places: ['member'],
    lasts: true,
    durationMs: ARMED_MS,
    parameters: [],
    words:
      'Armed: the member ends as by SIGKILL when it follows and has acknowledged, before it takes the next COMMIT. Healing ' +
      'disarms it, or starts the member again.',
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
    id: 'heavy-tail',
    name: 'Heavy-tailed delay',
    places: ['link', 'clients'],
    lasts: true,
    parameters: [
      { name: 'ms', unit: 'ms', min: 1, max: 10_000, default: 5, words: 'at least; a chunk usually takes little more' },
      { name: 'maxMs', unit: 'ms', min: 1, max: 60_000, default: 2000, words: 'at most' },
    ],
    words:
      'A busy network: most chunks are a little late, one of a hundred twenty times that, one of a thousand a hundred times. ' +
      'A late chunk holds up the next ones.',
  },
  {
    id: 'hold',
    name: 'Hold',
    places: ['link'],
    lasts: true,
    durationMs: HOLD_MS,
    parameters: [
      {
        name: 'pacePercent',
        unit: 'percent',
        min: 0,
        max: 100,
        default: 0,
        words: 'of its speed that the clock of every member has meanwhile; 0: it stands still',
      },
    ],
    words:
      'Every message waits until somebody lets it go: step by step, or all of them. Meanwhile the clocks behind the timeouts ' +
      'of all members stand still, so nobody loses patience; then they go on from there. Votes may also be dropped, doubled, or ' +
      'let go out of order; between leader and follower TCP keeps the order.',
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
    id: 'flipped-bit',
    name: 'Flipped bit in the log',
    places: ['disk'],
    lasts: false,
    parameters: [],
    words:
      'One bit of the newest record in its log changes on the disk. Nobody notices before the next start, which is refused ' +
      '(exit code 3): a member must not vote as if it had what it lost. Resetting its data fetches everything from the leader.',
  },
  {
    id: 'flipped-bit-snapshot',
    name: 'Flipped bit in the snapshot',
    places: ['disk'],
    lasts: false,
    parameters: [],
    words:
      'One bit of its newest snapshot changes on the disk. The next start passes that snapshot over when an older one and the ' +
      'logs reach as far, and is refused otherwise (exit code 3); then resetting its data fetches everything from the leader.',
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
    id: 'clock-drift',
    name: 'Clock drift',
    places: ['clock'],
    lasts: true,
    parameters: [
      {
        name: 'fasterPercent',
        unit: 'percent',
        min: -99,
        max: 900,
        default: 100,
        words: 'faster than it should be; negative: slower',
      },
    ],
    words:
      'Both clocks run too fast or too slow: timeouts run out early or late. Healing sets the wall clock right; the time ' +
      'that timeouts have lost or gained stays so.',
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
