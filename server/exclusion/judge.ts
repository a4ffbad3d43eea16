// What must hold of a lock's history: one at a time, in the order of the queue, with rising tokens; and everybody gets on.

import { formatSessionId } from '#shared/zk/ids.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { Grant, LockHistory } from './history.ts'

export interface Verdict {
  /** Sentences; none when all is well. */
  readonly violations: readonly string[]
  readonly grants: number
  /** Of the contender with the fewest and with the most. */
  readonly fewest: number
  readonly most: number
}

/** Each contender must have been inside in each of these parts of the run. */
const PARTS = 3
/** More sentences of one kind say nothing new. */
const SENTENCES_MAX = 5

export interface Run {
  readonly names: readonly string[]
  /** By the wall clock, as txns have it. */
  readonly fromMs: number
  readonly untilMs: number
}

export function judgeHistory(history: LockHistory, { names, fromMs, untilMs }: Run): Verdict {
  const { grants } = history
  const violations = [
    ...limited(grants.filter(({ alreadyInside }) => alreadyInside !== null).map(tellTwoInside)),
    ...limited(grants.filter(isOutOfTurn).map(tellOutOfTurn)),
    ...limited(grants.filter(isTokenOld).map(tellOldToken)),
  ]
  const late: string[] = []
  for (const name of names) {
    const times = grants.filter((grant) => grant.name === name).map(({ timeMs }) => timeMs)
    for (let part = 0; part < PARTS; part += 1) {
      const start = fromMs + ((untilMs - fromMs) * part) / PARTS
      const end = fromMs + ((untilMs - fromMs) * (part + 1)) / PARTS
      if (!times.some((time) => time >= start && time < end))
        late.push(`${name} was never inside in part ${part + 1} of ${PARTS} of the run`)
    }
  }
  const counts = names.map((name) => grants.filter((grant) => grant.name === name).length)
  return {
    violations: [...violations, ...limited(late)],
    grants: grants.length,
    fewest: Math.min(...counts),
    most: Math.max(...counts),
  }
}

function isOutOfTurn({ first, sessionId }: Grant): boolean {
  return first === null || first.sessionId !== sessionId
}

/** A token is not higher than the one of the grant before it. */
function isTokenOld({ token }: Grant, at: number, grants: readonly Grant[]): boolean {
  const before = grants[at - 1]?.token ?? null
  return token !== null && before !== null && token <= before
}

function tellTwoInside({ name, zxid, alreadyInside, sessionId }: Grant): string {
  const other = alreadyInside === null ? 'nobody' : formatSessionId(alreadyInside)
  return `at ${formatZxid(zxid)} ${name} (${formatSessionId(sessionId)}) came in while session ${other} was inside`
}

function tellOutOfTurn({ name, zxid, first, sessionId }: Grant): string {
  const who = first === null ? 'nobody was' : `${first.path} of session ${formatSessionId(first.sessionId)} was`
  return `at ${formatZxid(zxid)} ${name} (${formatSessionId(sessionId)}) came in, but ${who} first in the queue`
}

function tellOldToken({ name, zxid, token }: Grant): string {
  return `at ${formatZxid(zxid)} ${name} came in with a token ${token === null ? '' : formatZxid(token)} that is not the highest so far`
}

function limited(sentences: readonly string[]): string[] {
  const rest = sentences.length - SENTENCES_MAX
  return rest > 0 ? [...sentences.slice(0, SENTENCES_MAX), `… and ${rest} more like this`] : [...sentences]
}
