// English words for reading rounds: search, the space–time view, log lanes, agreement, why one waits.

export const reading = {
  forms: { list: 'List', time: 'Space–time', logs: 'Logs' },
  form: 'Shown as',
  find: 'zxid, path, session, op, slow, uncommitted, >10ms',
  found: (n: string, of: string) => `${n} of ${of}`,
  noMatch: (find: string) => `No round matches ${find}`,
  noMatchText: 'Words must all occur. slow, uncommitted, failed and >10ms ask for a property.',
  clear: 'Show all rounds',

  flow: 'Space–time diagram of all rounds',
  flowHint: 'Wheel or + and − zoom, drag or arrow keys move, 0 follows the newest, click selects a round.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  follow: 'Follow the newest',
  following: 'Following',
  folded: 'Fold idle time',
  foldedHint: 'Idle time is folded to a gap, so that what happens has the room',
  clients: 'Clients',
  clientsSampled: 'Bars above: a sample of requests, from arrival to answer.',
  flowFolded: (n: string, time: string) =>
    `The newest ${n} rounds, ${time} of activity; idle time between them is folded.`,
  span: (time: string) => `${time} shown`,
  flowSingle: (n: string, from: string, to: string) => `${n} rounds between ${from} and ${to}, each drawn.`,
  flowBinned: (n: string, bin: string) =>
    `${n} writes, counted exactly in bins of ${bin}. Zoom in to see single rounds.`,
  flowBinnedFine: (n: string) => `${n} rounds in less room than they need; zoom in to see each.`,
  flowNone: 'No rounds in this time.',
  flowMarks:
    'Solid arrow: proposal. Open head: ack. Double line: commit. Bar: flush. Diamond: the ack that made the quorum. Cross: lost. No head: still under way, or its arrival was not recorded.',
  slowestKept: 'slowest commit of the rounds kept, p99 of older ones',
  writesPerSecond: 'writes per second',

  logs: 'Logs of the members',
  logsHint:
    'A column for each txn, oldest left; a band for each stage (logged: on disk). Arrow keys move, Enter selects the round.',
  logsOlder: 'Older',
  logsNewer: 'Newer',
  logsNewest: 'Newest',
  logsCaption: (n: string, first: string, last: string) => `${n} txns from ${first} to ${last}.`,
  logsCut: (n: number) =>
    n === 1 ? '1 entry was cut away again (TRUNC).' : `${n} entries were cut away again (TRUNC).`,
  logsGhost: (n: number) =>
    n === 1
      ? '1 txn was proposed in an epoch that ended before anybody committed it.'
      : `${n} txns were proposed in an epoch that ended before anybody committed them.`,
  logsBehind: (sid: string, n: string) => `Member ${sid} has not applied ${n} of them.`,
  logsEven: 'All members have applied all of them.',
  cut: 'cut away by TRUNC',
  column: (zxid: string, cells: string) => `${zxid}: ${cells}`,

  agreement: 'Agreement',
  agreementHint:
    'The part of the voters that has it on disk: (1/n) · Σ acks. It is agreed where the line crosses one half.',
  half: '1/2',
  agreed: (sid: string, time: string, k: string, n: string) =>
    `With the ack of member ${sid} after ${time}, ${k} of ${n} had it: more than half.`,
  heardOf: (sid: string, time: string) =>
    `The leader knew with the ack of member ${sid}, which reached it after ${time}.`,
  notAgreed: (k: string, n: string) => `${k} of ${n} have it so far: not more than half.`,
  stragglers: (sids: string, time: string) => `The quorum did not wait for ${sids}: there after ${time}.`,

  split: 'Where the time went',
  splitHint: (sid: string) => `Along the ack of member ${sid}, which made the quorum.`,
  parts: {
    queue: 'Queue',
    there: 'Network, to it',
    flush: 'Flush',
    back: 'Network, back',
    decide: 'Commit',
    apply: 'Apply',
  },
  partHints: {
    queue: 'From the client’s request to the proposal: no member tells of it',
    there: 'From the proposal to its arrival at that member',
    flush: 'From its arrival to the disk of that member',
    back: 'From its ack to the leader knowing of the quorum',
    decide: 'From the quorum to the leader’s commit: earlier rounds come first',
    apply: 'From the commit to the leader’s tree',
  },
  unknown: 'unknown',

  why: 'Why is this not committed?',
  needs: (n: number) => (n === 1 ? 'It needs 1 more ack.' : `It needs ${n} more acks.`),
  enough: 'A quorum has it on disk; the leader has not been heard to commit it.',
  hindrances: {
    down: (sid: string) => `Member ${sid} is down.`,
    paused: (sid: string) => `Member ${sid} is paused: the proposal waits in its socket.`,
    elsewhere: (sid: string) => `Member ${sid} does not follow this leader.`,
    flushing: (sid: string, time: string) => `Member ${sid} has had it for ${time} and has not got it on disk.`,
    unseen: (sid: string) => `Nothing of it was seen at member ${sid}.`,
  },
  leaderGone: (sid: string) => `Member ${sid}, who proposed it, leads no more: the next leader keeps it if it has it.`,
  overtaken: 'A later epoch has begun without it being seen there: it was cut away, or committed unseen.',

  textbook: 'In the words of the textbooks',
  textbookHint: 'Paxos names three steps; Zab does the first once an epoch, the others for every write.',
  steps: [
    ['Prepare', 'Zab: election and discovery. Once an epoch: a quorum promises to follow this leader and none before.'],
    ['Accept', 'Zab: PROPOSAL and ACK. The leader proposes, each member writes to its log and acks.'],
    ['Learn', 'Zab: COMMIT. The leader tells that a quorum has it; every member applies it in order.'],
  ] as readonly (readonly [string, string])[],
}
