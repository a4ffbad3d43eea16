// English words of what happened: the event feed, and an election told in full.

const times = (n: number) => (n === 1 ? '' : ` (${n} times)`)

export const story = {
  feed: 'What happened',
  feedEmpty: 'Nothing yet. Kill a member, or connect a client.',
  feedSince: 'Members since the gateway began to listen; clients since this page was opened.',
  sayings: {
    epoch: (sid: string) => `Member ${sid} leads a new epoch`,
    looking: (sid: string, n: number) => `Member ${sid} looks for a leader${times(n)}`,
    killed: (sid: string, n: number) => `Member ${sid} ended${times(n)}`,
    stopped: (sid: string, n: number) => `Member ${sid} was stopped${times(n)}`,
    started: (sid: string, n: number) => `Member ${sid} starts${times(n)}`,
    paused: (sid: string) => `Member ${sid} is paused`,
    resumed: (sid: string) => `Member ${sid} runs again`,
    sync: (sid: string, n: number) => `Member ${sid} was brought up to date${times(n)}`,
    left: (sid: string) => `Member ${sid} has left the ensemble`,
    fault: (sid: string) => `A fault on member ${sid}`,
    healed: (sid: string) => `A fault on member ${sid} is over`,
    connected: (sid: string, n: number) =>
      n === 1 ? `A client connected to member ${sid}` : `${n} clients connected to member ${sid}`,
    disconnected: (sid: string, n: number) =>
      n === 1 ? `A client of member ${sid} is gone` : `${n} clients of member ${sid} are gone`,
    serving: (sid: string) => `Member ${sid} takes clients`,
    notServing: (sid: string) => `Member ${sid} takes no clients`,
    unheard: (sid: string) => `The gateway cannot hear member ${sid}`,
    heardAgain: (sid: string) => `The gateway hears member ${sid}`,
    dropped: (sid: string) => `Events of member ${sid} were left out; counts stay exact`,
    closed: (sid: string, n: number) =>
      n === 1
        ? `A client closed its session; member ${sid} proposed it`
        : `${n} clients closed their sessions; member ${sid} proposed it`,
    expired: (sid: string, n: number) =>
      n === 1 ? `Member ${sid} expired a session` : `Member ${sid} expired ${n} sessions`,
    moved: (sid: string, n: number) =>
      n === 1 ? `A session moved to member ${sid}` : `${n} sessions moved to member ${sid}`,
  },
  anywhere: { fault: 'A fault began', healed: 'A fault is over' },
  ways: {
    DIFF: 'DIFF: the txns it lacked',
    TRUNC: 'TRUNC: its log was cut back, nobody else had those txns',
    SNAP: 'SNAP: a whole snapshot, it was too far behind',
  },
  sent: (n: number) => (n === 1 ? '1 txn' : `${n} txns`),
  faultsNow: 'Broken now',
  faultLeft: (time: string) => `for ${time} more`,
  election: 'Elections',
  choose: 'Which election',
  summary: {
    trigger: 'Because',
    decided: 'Decided after',
    served: 'Leader served after',
    unavailable: 'Without a leader',
    notifications: 'Notifications',
    firstCommit: 'First commit',
    firstCommitAfter: (time: string) => `${time} after serving`,
    unknown: 'not seen',
  },
  triggers: {
    killed: (sid: string) => `member ${sid} ended`,
    stopped: (sid: string) => `member ${sid} was stopped`,
    paused: (sid: string) => `member ${sid} was paused`,
    looking: (sid: string) => `member ${sid} lost its leader`,
    started: (sid: string) => `member ${sid} was started`,
  },
  verdict: (winner: string, why: string) => `Member ${winner} was elected: ${why}.`,
  verdictOpen: 'No candidate has the votes of more than half.',
  because: {
    epoch: 'its log has the highest epoch',
    zxid: 'its log reaches furthest',
    sid: 'logs are equal, so the highest server id decides',
    alone: 'it was the only candidate',
  },
  matrix: 'Votes',
  matrixHint: 'Each row is a voter, each column a moment in which somebody changed its vote. Faint: still holds.',
  matrixLeft: (n: number) => `${n} later changes are not shown.`,
  voter: 'Voter',
  quorumReached: 'majority',
  why: {
    start: 'first vote',
    epoch: 'higher epoch',
    zxid: 'newer zxid',
    sid: 'higher id',
    other: 'new round',
  },
  cell: (voter: string, leader: string, zxid: string, epoch: string, why: string) =>
    `Member ${voter} votes for ${leader} (zxid ${zxid}, epoch ${epoch}): ${why}`,
  afterHearing: (sid: string) => `after hearing member ${sid}`,
  stillHolds: 'still holds',
  strips: 'From looking to serving',
  stripsHint: 'Milliseconds after the first vote.',
  stripsUnseen: 'The phases of this election were not kept.',
  phases: { ELECTION: 'election', DISCOVERY: 'discovery', SYNCHRONIZATION: 'synchronization', BROADCAST: 'broadcast' },
  strip: (sid: string, phases: string) => `Member ${sid}: ${phases}`,
  phaseTook: (phase: string, time: string) => `${phase} ${time}`,
}
