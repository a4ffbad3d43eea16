// All that is asked of a run, in one place: the checks of shared/history against the chosen log and the final trees,
// a search for an order register by register, and what only real processes can be asked.

import { checkHistory } from '#shared/history/check.ts'
import { type FinalState, type History, type Operation, STRICT } from '#shared/history/history.ts'
import { checkLinearizable } from '#shared/history/linearizable.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { asSid } from '#shared/zk/ids.ts'
import { type ChosenLog, chooseLog, type MemberLog } from './chosen-log.ts'
import type { Recorded } from './client-worker.ts'
import { compareSeen, type SeenTree } from './final-trees.ts'
import {
  acknowledgedZxids,
  checkAcknowledged,
  checkBank,
  checkBeliefs,
  checkLeftovers,
  type Finding,
} from './run-checks.ts'
import { PATHS, RECIPES } from './work/shared-work.ts'

/** One member as it was left. */
export interface Remains {
  readonly sid: number
  readonly seen: SeenTree
  readonly tree: DataTree
  readonly log: MemberLog
}

export interface CheckOutcome {
  readonly name: string
  readonly findings: readonly Finding[]
  readonly ms: number
}

export interface Judgement {
  readonly checks: readonly CheckOutcome[]
  readonly chosen: ChosenLog
  /** Registers that were searched for an order. */
  readonly registers: number
}

export function judge(recorded: Recorded, remains: readonly Remains[]): Judgement {
  const checks: CheckOutcome[] = []
  const timed = (name: string, check: () => readonly Finding[]) => {
    const startedAt = performance.now()
    const findings = check()
    checks.push({ name, findings, ms: Math.round(performance.now() - startedAt) })
  }
  const { operations, events, connections, misplaced, beliefs } = recorded
  const chosen = chooseLog(
    remains.map(({ log }) => log),
    acknowledgedZxids(operations),
  )
  const zxids = new Set(chosen.log.map(({ zxid }) => zxid))
  const finals: FinalState[] = remains.map(({ sid, tree }) => ({ server: asSid(sid), tree }))
  const history: History = { operations, events, connections, log: chosen.log }
  let registers = 0
  timed('one zxid, one txn (D-1)', () => chosen.conflicts.map((what) => ({ id: 'D-1', what })))
  timed('nothing acknowledged is lost', () => checkAcknowledged(operations, zxids))
  timed('history: writes, reads, order, sessions, watches, recipes, final trees (HC-1 … HC-12)', () =>
    checkHistory(history, { ...STRICT, finals, recipes: RECIPES })
      .filter(({ advisory }) => !advisory)
      .map(({ id, rule, what }) => ({ id: rule === null ? id : `${id} ${rule}`, what })),
  )
  timed('registers are linearizable by search', () => {
    const { violations, searched } = checkLinearizable(registersOnly(history))
    registers = searched.length
    return violations.map(({ what }) => ({ id: 'LIN', what }))
  })
  timed('answers come in the order of the questions (S-3)', () => misplaced.map((what) => ({ id: 'S-3', what })))
  timed('locks are held by one at a time', () => checkBeliefs(beliefs))
  timed('sessions and ephemerals are gone', () => remains.flatMap(({ sid, tree }) => checkLeftovers(sid, tree)))
  timed('money stays', () => remains.flatMap(({ sid, tree }) => checkBank(sid, tree)))
  timed('members show what their disks hold', () =>
    remains.flatMap(({ sid, seen, tree }) => compareSeen(sid, seen, tree).map((what) => ({ id: 'HC-10', what }))),
  )
  return { checks, chosen, registers }
}

/**
 * Writes whose outcome was unknown and that L does not have never happened (HC-3 sees to that): left out, they do not
 * multiply the search. L is not shown to it otherwise.
 */
function registersOnly({ operations, connections, log }: History): History {
  const happened = new Set(log?.map(({ sessionId, cxid }) => callKey(sessionId, cxid)))
  const kept = operations.filter(
    (op) =>
      op.request.type === 'sync' ||
      (isOnRegister(op) && (op.doneAtMs !== null || happened.has(callKey(op.sessionId, op.xid)))),
  )
  return { operations: kept, events: [], connections, log: null }
}

function callKey(sessionId: bigint, cxid: number): string {
  return `${sessionId} ${cxid}`
}

function isOnRegister({ request }: Operation): boolean {
  return 'path' in request && request.path?.startsWith(`${PATHS.registers}/`) === true
}
