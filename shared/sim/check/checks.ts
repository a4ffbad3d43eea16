// Every rule of invariants.md §2 (and three of §4 that can be seen from outside a core): where it is checked, when,
// and if not here, where else and why. A test holds this table to the document's ids and to the self-tests.

/** S: after every step. A: at the action. R: when a process starts. E: now and then, over the whole state. */
type When = 'S' | 'A' | 'R' | 'E'

interface CheckedHere {
  readonly rule: string
  readonly when: readonly When[]
  /** In this folder. */
  readonly file: string
}

export const CHECKS = {
  'L-1': { rule: 'one leadership is established per epoch, ever', when: ['A'], file: 'chosen.ts' },
  'L-2': { rule: 'no two lead at once with one acceptedEpoch', when: ['A', 'E'], file: 'on-disk.ts' },
  'L-3': { rule: 'epochs on disk never go back', when: ['A', 'E'], file: 'on-disk.ts' },
  'L-4': {
    rule: 'epoch(last entry) and currentEpoch ≤ acceptedEpoch; epoch(last entry) ≤ currentEpoch whenever it acknowledges',
    when: ['A', 'E'],
    file: 'on-disk.ts, words.ts',
  },
  'L-5': { rule: 'a promise is kept and given to one leader only', when: ['A'], file: 'words.ts' },
  'L-6': {
    rule: 'a new epoch is above those a quorum accepted, and durable before it is said',
    when: ['A'],
    file: 'roles.ts, words.ts',
  },
  'L-7': { rule: 'nobody whose promise was counted is more recent than the leader', when: ['A'], file: 'roles.ts' },
  'L-8': { rule: 'an epoch begins with everything chosen before it', when: ['A'], file: 'chosen.ts' },
  'L-9': { rule: 'a leader only appends', when: ['A'], file: 'step.ts, roles.ts' },
  'L-10': {
    rule: 'nobody acknowledges for an epoch below its acceptedEpoch; nothing is chosen that way',
    when: ['A'],
    file: 'words.ts, chosen.ts',
  },
  'L-11': { rule: 'without a quorum for syncLimit a leader is gone two ticks later', when: ['S'], file: 'listener.ts' },
  'L-12': { rule: 'promises and acks of NEWLEADER that count are those of voters', when: ['A'], file: 'roles.ts' },
  'D-1': { rule: 'a zxid names one entry', when: ['A'], file: 'intern.ts' },
  'D-2': { rule: 'a log has no gaps', when: ['A', 'E'], file: 'intern.ts' },
  'D-3': { rule: 'what is before an entry is the same everywhere', when: ['A'], file: 'intern.ts' },
  'D-4': { rule: 'an ACK says what is durable', when: ['A'], file: 'words.ts' },
  'D-5': { rule: "NEWLEADER's ACK: its history and then its epoch are durable", when: ['A'], file: 'words.ts' },
  'D-6': { rule: 'an epoch is on disk only above its history', when: ['A'], file: 'on-disk.ts, chosen.ts' },
  'D-7': { rule: 'what is chosen is on a majority of disks', when: ['A', 'E'], file: 'chosen.ts' },
  'D-8': { rule: 'truncation and snapshot take nothing chosen from a disk', when: ['A'], file: 'on-disk.ts' },
  'D-9': { rule: 'a snapshot with the log behind it is what its history gives', when: ['A', 'R'], file: 'on-disk.ts' },
  'D-10': { rule: 'snapshots and log are without a hole', when: ['A', 'E'], file: 'on-disk.ts' },
  'D-11': { rule: 'recovery finds what was durable', when: ['R', 'E'], file: 'on-disk.ts' },
  'D-12': { rule: 'each entry of the log on disk continues the one before', when: ['R', 'E'], file: 'on-disk.ts' },
  'D-13': {
    rule: 'what a learner reports is what its disk holds, and its tree no more',
    when: ['A'],
    file: 'words.ts',
  },
  'D-14': { rule: 'a process starts on what it wrote itself', when: ['R'], file: 'on-disk.ts' },
  'B-0': {
    rule: 'what may be served, and what is counted as committed, is chosen',
    when: ['S', 'E'],
    file: 'delivery.ts',
  },
  'B-1': {
    rule: 'what is logged and applied was proposed by a leader, and is applied once',
    when: ['A'],
    file: 'delivery.ts',
  },
  'B-2': { rule: 'what two servers know committed agrees', when: ['S', 'E'], file: 'delivery.ts' },
  'B-3': { rule: 'what two servers delivered agrees', when: ['S', 'E'], file: 'delivery.ts' },
  'B-4': { rule: 'entries are applied in one order everywhere', when: ['A'], file: 'delivery.ts' },
  'B-5': {
    rule: "a leader's entries are applied in the order in which it broadcast them",
    when: ['A'],
    file: 'delivery.ts',
  },
  'B-6': { rule: 'entries of an earlier epoch are applied first', when: ['A'], file: 'delivery.ts' },
  'B-7': { rule: 'who broadcasts has everything chosen in earlier epochs', when: ['A'], file: 'delivery.ts' },
  'B-8': { rule: 'what leaders commit is one growing history', when: ['S', 'E'], file: 'delivery.ts, chosen.ts' },
  'B-9': { rule: 'a synchronized follower has nothing that its leader has not', when: ['S', 'E'], file: 'delivery.ts' },
  'B-10': { rule: 'what a leader counts as committed is chosen', when: ['S'], file: 'delivery.ts' },
  'B-11': { rule: 'a follower commits one entry at a time', when: ['S'], file: 'delivery.ts' },
  'B-12': {
    rule: 'zxids are given after a quorum acknowledged the epoch, from (e,1) on',
    when: ['A'],
    file: 'delivery.ts',
  },
  'M-1': { rule: 'a connection keeps order and loses nothing', when: ['A'], file: 'conversation.ts' },
  'M-2': {
    rule: 'NEWLEADER and UPTODATE come in their stage, proposals after a plan',
    when: ['A'],
    file: 'conversation.ts, step.ts',
  },
  'M-3': { rule: 'between stream and broadcast no proposal is missing', when: ['S'], file: 'conversation.ts' },
  'M-4': { rule: 'commits are told one by one, of what has been sent', when: ['S'], file: 'conversation.ts' },
  'M-5': {
    rule: 'ACKs go on by one, after that of NEWLEADER; an unknown one ends the link',
    when: ['A'],
    file: 'conversation.ts, step.ts',
  },
  'M-6': { rule: 'who is LOOKING does nothing about packets', when: ['A'], file: 'step.ts' },
  'T-1': { rule: 'trees agree with the reference wherever they may be served', when: ['S', 'E'], file: 'delivery.ts' },
  'T-2': { rule: 'replaying over a fuzzy snapshot gives the same sessions', when: ['R'], file: 'on-disk.ts' },
  'T-3': { rule: 'a zxid shown to a client is chosen', when: ['A'], file: 'delivery.ts' },
  'T-4': { rule: 'stats are in order, the kept digest is the true one', when: ['R', 'E'], file: 'tree-shape.ts' },
  'T-5': { rule: 'parents, children and owners fit together', when: ['R', 'E'], file: 'tree-shape.ts' },
  'T-6': { rule: "a created child's number is its parent's counter", when: ['A'], file: 'reference.ts' },
  'T-7': { rule: 'of a multi all or nothing is done', when: ['A'], file: 'reference.ts' },
  'T-8': {
    rule: "a failed write changes nothing; each one's error is the reference's",
    when: ['A'],
    file: 'reference.ts, delivery.ts',
  },
  'T-9': { rule: 'ACLs are those of the history', when: ['R', 'E'], file: 'on-disk.ts, everything.ts' },
  'T-10': { rule: "whose tree is not the leader's serves nobody", when: ['S'], file: 'delivery.ts' },
  'S-1': {
    rule: 'an answer to a write is of a chosen, applied txn, with its result',
    when: ['A'],
    file: 'delivery.ts',
  },
  'S-2': { rule: 'a request is chosen at most once', when: ['A'], file: 'session-ledger.ts' },
  'S-5': { rule: 'sessions are created once and closed once', when: ['A'], file: 'session-ledger.ts' },
  'S-6': { rule: "nothing but refusals follows a session's close", when: ['A'], file: 'session-ledger.ts' },
  'S-7': {
    rule: 'a close deletes all ephemerals of its session and nothing else',
    when: ['A'],
    file: 'session-ledger.ts',
  },
  'S-8': {
    rule: 'a session expires after its timeout of silence in which the leader could listen',
    when: ['A'],
    file: 'listener.ts',
  },
  'S-10': { rule: 'a close fits into a record', when: ['A'], file: 'session-ledger.ts' },
  'E-1': { rule: "a vote for oneself is one's epoch and log on disk", when: ['A'], file: 'roles.ts' },
  'E-2': {
    rule: 'rounds go on; votes of earlier ones are answered and not counted',
    when: ['S', 'A'],
    file: 'roles.ts, step.ts',
  },
  'E-3': { rule: 'who leads or follows has the votes of a quorum for that', when: ['A'], file: 'roles.ts' },
  'E-4': { rule: 'nobody establishes an epoch while a quorum follows somebody else', when: ['A'], file: 'chosen.ts' },
  'E-5': { rule: 'who serves reports the leader and epoch that it is with', when: ['A'], file: 'roles.ts' },
  'O-1': { rule: 'a promise is durable before it is given', when: ['A'], file: 'words.ts' },
  'O-7': { rule: "a leader's own ack is of what is durable", when: ['S'], file: 'delivery.ts' },
  'O-9': { rule: 'memory follows disk: epochs and log', when: ['S', 'E'], file: 'step.ts' },
} as const satisfies Readonly<Record<string, CheckedHere>>

export type CheckId = keyof typeof CHECKS

/** Rules of §2 that no observer of this world can see, and where they are seen to instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'M-7': 'this world carries decoded packets; shared/jute fuzzes and cuts every record, server/member closes the link',
  'S-3': 'what clients saw: shared/history, HC-4',
  'S-4': 'what clients saw: shared/history, HC-7',
  'S-9': 'the host checks passwords; server/member and shared/peer test that a wrong one resumes nothing',
  'W-1': 'what clients saw: shared/history, HC-8',
  'W-2': 'what clients saw: shared/history, HC-8',
  'W-3': 'what clients saw: shared/history, HC-8',
  'W-4': 'what clients saw: shared/history, HC-8',
  'W-5': 'what clients saw: shared/history, HC-8',
  'W-6': 'what clients saw: shared/history, HC-8',
  'W-7': 'what clients saw: shared/history, HC-8',
  'W-8': 'what clients saw: shared/history, HC-8',
  'W-9': 'what clients saw: shared/history, HC-8',
  'W-10': 'packets are split by clients: server/client',
}
