// The four-letter words: which exist, which may be asked, how often, and what they answer. The longer texts
// are in four-letter-text.ts. Source: operations.md §1; which are open by default: security.md ZK-7.

import type { ClientConnection } from '../clients/client-connection.ts'
import type { ConnectionHost } from '../clients/connection-host.ts'
import { FOUR_LETTER_WORDS } from '../config/config.ts'
import type { ServerFacts } from '../server-facts.ts'
import { resetTraffic } from '../traffic.ts'
import { confText, consText, dirsText, dumpText, enviText, hashText, srvrText, statText } from './four-letter-text.ts'
import { mntrText } from './mntr-text.ts'
import { setTraceMask } from './trace-mask.ts'
import { watchesByPathText, watchesBySessionText, watchSummaryText } from './watch-text.ts'

/** The hash command leaves the line open. Source: operations.md §1. */
export const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests'
/** An answer is cut off here. */
export const TEXT_BYTES_MAX = 4 * 1024 * 1024
/** Words that walk over all connections, watches or sessions: so many a second, for the whole server. */
export const EXPENSIVE_PER_SECOND_MAX = 30

type Answer = (facts: ServerFacts, asker: ClientConnection, argument: Uint8Array) => string | Promise<string>

interface Word {
  readonly answer: Answer
  /** It says something also while this server serves no clients. */
  readonly always: boolean
  readonly expensive: boolean
}

function word(answer: Answer, expensive = false): Word {
  return { answer, always: false, expensive }
}

const WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['ruok', { answer: () => 'imok', always: true, expensive: false }],
  ['envi', { answer: enviText, always: true, expensive: false }],
  [
    'isro',
    {
      answer: (facts) => (facts.notes.readOnly ? 'ro' : facts.notes.serving ? 'rw' : 'null'),
      always: true,
      expensive: false,
    },
  ],
  ['gtmk', { answer: ({ trace }) => String(trace.mask), always: true, expensive: false }],
  ['stmk', { answer: (facts, _, argument) => setTraceMask(facts, argument), always: true, expensive: false }],
  ['srvr', word(srvrText)],
  ['stat', word(statText, true)],
  ['mntr', word(mntrText)],
  ['conf', word(confText)],
  ['cons', word(consText, true)],
  ['dump', word(dumpText, true)],
  ['dirs', word(dirsText)],
  ['hash', word(hashText)],
  ['wchs', word(watchSummaryText, true)],
  ['wchc', word(watchesBySessionText, true)],
  ['wchp', word(watchesByPathText, true)],
  ['srst', word(resetServer)],
  ['crst', word(resetConnections)],
])

function resetServer(facts: ServerFacts): string {
  resetTraffic(facts.traffic)
  facts.namespaces?.reset()
  return 'Server stats reset.\n'
}

function resetConnections(facts: ServerFacts): string {
  for (const connection of facts.connections()) connection.resetCounts()
  return 'Connection stats reset.\n'
}

export function isTextCommand(name: string): boolean {
  return FOUR_LETTER_WORDS.has(name)
}

/** The answer of one server to four-letter words, whitelist and rate limit included. */
export function createTextCommands(facts: ServerFacts): ConnectionHost['textCommand'] {
  const { fourLetterWords, service } = facts.config
  // Clients that look for a server that can write ask with isro: ZooKeeper opens it together with the mode.
  const allowed =
    fourLetterWords === 'all' || !service.readOnlyMode ? fourLetterWords : new Set([...fourLetterWords, 'isro'])
  let windowEndsMs = 0
  let expensiveLeft = 0
  return async (name, asker, argument) => {
    const found = WORDS.get(name)
    if (!found || (allowed !== 'all' && !allowed.has(name)))
      return `${name} is not executed because it is not in the whitelist.\n`
    if (!found.always && !facts.notes.serving && !facts.notes.readOnly)
      return name === 'hash' ? NOT_SERVING : `${NOT_SERVING}\n`
    const nowMs = facts.nowMs()
    if (nowMs >= windowEndsMs) {
      windowEndsMs = nowMs + 1000
      expensiveLeft = EXPENSIVE_PER_SECOND_MAX
    }
    if (found.expensive) {
      if (expensiveLeft === 0) return `${name} is asked for too often; try again in a second.\n`
      expensiveLeft -= 1
    }
    const text = await found.answer(facts, asker, argument)
    return text.length > TEXT_BYTES_MAX ? `${text.slice(0, TEXT_BYTES_MAX)}\n` : text
  }
}
