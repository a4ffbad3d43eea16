// English words about one lock: how it was recognised, what its contenders sleep on, what its clients believe, what people
// said about paths, and when it could not be watched.

import { ENGLISH_LINTS } from '#shared/recipes/explain/lint-text.ts'

/** What a person should know about a lock: by the lint's name. */
export const lints = ENGLISH_LINTS

export const lockDetail = {
  gaps: (n: number, time: string) =>
    n === 1 ? `interrupted once, for ${time}` : `interrupted ${n} times, ${time} in all`,
  gapReasons: {
    sampled: 'Only some changes were told: there were too many writes',
    dropped: 'Events were thrown away on their way',
    leader: 'The ensemble looked for a leader',
    stream: 'A member’s event stream broke off',
    session: 'The gateway’s session was away',
  },
  gapLine: (reason: string, at: string, time: string) => `${reason}, from ${at} for ${time}.`,
  gapNow: (reason: string, at: string) => `${reason}, since ${at}.`,

  howRecognised: 'How it was recognised',
  application: (system: string) => `A path of ${system}`,
  roles: {
    leader: 'whoever holds it leads',
    lock: 'a lock',
    member: 'its members',
    claim: 'a claim on one piece of work',
    queue: 'a queue',
    config: 'configuration, no contention',
    fencing: 'a fencing counter',
    acknowledgement: 'the leader’s acknowledgement',
  },
  factDetails: {
    'ephemeral, sequential': 'ephemeral and sequential',
    'ephemeral, not sequential': 'ephemeral, not sequential',
    ephemeral: 'ephemeral',
    'rise with the order of creation': 'rise in the order of creation',
    'a number as text': 'a number as text',
    '4 bytes, big-endian': '4 bytes, big-endian',
    '8 bytes, big-endian': '8 bytes, big-endian',
    lock: 'somebody sleeps on the one before it',
    group: 'nobody sleeps on anybody else',
    'woken by its end, took it': 'a session that its deletion woke has made it',
  } as Readonly<Record<string, string>>,
  confidenceWhy: {
    certain: 'Certain: a person or a well-known path says so, or two independent signs do.',
    likely: 'Likely: one sign says so, and none speaks against it.',
    guess: 'A guess: it behaves like one, but follows no convention that is known.',
  },

  watchTables: (time: string) => `Watches of all members were read ${time}.`,
  tablesMissing: (members: string, time: string) =>
    `Watches were read ${time}, but not of ${members}: edges there are unknown.`,
  member: (sid: string) => `member ${sid}`,
  wakes: {
    agrees: 'watch seen',
    awake: 'awake',
    unknown: 'watch not visible',
    'not yet': 'no watch yet',
    orphan: 'no watch',
    'lost wake-up': 'missed its wake-up',
    'self-watch': 'watches itself',
    'wrong predecessor': 'watches another',
    'eligible asleep': 'asleep though free',
    polls: 'asks again',
  },
  wakeWhy: {
    agrees: 'The watch that its library should set is in the servers’ watch tables.',
    awake: 'It need not wait, and sleeps on nobody.',
    unknown:
      'Servers list only watches on data and existence, each its own. This one is on children, or its member did not answer, or its library is not known.',
    'not yet': 'It watches nothing yet. A client may be between two steps; a second look tells.',
    orphan: 'In two looks it watched nothing: nothing will wake it. Its client probably lost the answer to its create.',
    'lost wake-up': 'It was woken, or what it slept on went, and it has set no watch since.',
    'self-watch': 'It sleeps on its own node, which goes only when its own session ends.',
    'wrong predecessor': 'It should sleep on one node and sleeps on another: it wakes too early, too late, or in vain.',
    'eligible asleep': 'Nothing stands in its way any more, but it sleeps on a contender that stays.',
    polls: 'Its library keeps no line and sets no watch: it asks again after a while.',
  },
  barrierClosed: 'closed: its znode is there',
  barrierOpen: 'open: its znode is not there',
  waitersUnordered: 'They wait in no order: whoever asks first after its end gets it.',

  beliefs: 'What its clients believe',
  beliefsAgree: (n: number, text: string) =>
    n === 1
      ? 'The client that reports believes what the servers know.'
      : `All ${text} clients that report believe what the servers know.`,
  beliefsDiffer: (n: number, text: string, all: string) =>
    n === 1
      ? `1 of ${all} clients that report believes something else than the servers know:`
      : `${text} of ${all} clients that report believe something else than the servers know:`,
  beliefsLeftOut: (text: string) => `${text} more report, but are not told singly.`,
  believes: {
    holding: (time: string) => `believes that it has held it for ${time}`,
    paused: (time: string) => `its process was stopped ${time} ago, believing that it holds`,
    waiting: (time: string) => `believes that it has waited for ${time}`,
  },
  truth: {
    granted: 'The servers know: it holds, and its client has not noticed yet.',
    delete: 'The servers know: its znode was deleted.',
    cancel: 'The servers know: it gave up.',
    removed: 'The servers know: somebody else deleted its znode.',
    close: 'The servers know: its session was closed.',
    expiry: 'The servers know: its session has expired.',
    unknown: 'The servers know: its znode is not there.',
  },
  endedAgo: (time: string) => `${time} ago`,
  tokenOlder: (own: string, newest: string) =>
    `Its token ${own} is older than ${newest}, which was granted since: a resource that checks tokens refuses it.`,
  tokenNewest: (own: string) =>
    `Nobody was granted since: its token ${own} is still the newest, and a resource would take it.`,
  resourceChecks: 'The resource of this workload checks tokens.',
  resourceTrusts: 'The resource of this workload checks nothing: a late write undoes what others wrote.',
  stale: 'stale belief',
  unaware: 'does not know yet',

  sayWhat: 'Say what this is',
  rulesTitle: 'What people said about paths',
  rulesAbout:
    'What somebody says wins over names, flags and data; of two patterns that match, the one with more literal characters. It is kept over restarts.',
  rulesNone: 'Nobody has said anything yet.',
  rulesNoneText:
    'Where a directory is taken for a lock and is none, or the other way round, say so: here, or on its page.',
  ruleColumns: { glob: 'Paths', recipe: 'What is there', permits: 'How many hold', change: 'Change' },
  addRule: 'Add a pattern',
  takeBack: 'Take back',
  globLabel: 'Paths',
  globHint: '* stands for one part, ** for any number of parts, ? for one character',
  recipeLabel: 'What is there',
  permitsLabel: 'How many may hold at once',
  permitsHint: 'Leave empty for what ZooKeeper tells',
  permitsWrong: 'A whole number from 1 to 1,000,000, or nothing.',
  matches: (n: number, text: string) => (n === 1 ? '1 of the locks seen matches' : `${text} of the locks seen match`),
  notALock: 'Not a lock',
  asTold: 'as told',
  dismissed: 'Somebody said that this is no lock.',
  save: 'Save',
  saving: 'Saving…',

  which: 'Which locks',
  whichAll: 'All',
  whichContended: 'Contended',
  bundle: (n: number, text: string) => (n === 1 ? '1 waits' : `${text} wait`),
}
