// The safety checker: an observer of a world that compares every step with invariants.md §2. Only what stepped can
// have changed, so each step costs a few comparisons; everything.ts is the slow proof that nothing is missed so.

import type { WorldObserver, WorldView } from '../world/contract.ts'
import type { CheckId } from './checks.ts'
import { checkEverything } from './everything.ts'
import type { RunFacts } from './facts.ts'
import { createGhost, type Ghost } from './ghost.ts'
import { onCrashed, onDurable, onSnapshotTaken, onStarted } from './on-disk.ts'
import { onStepped } from './step.ts'
import { Violation } from './violation.ts'

export interface SafetyOptions {
  /** Every so many steps everything is evaluated anew from the whole state; 0: never. */
  readonly fullCheckEvery?: number
  /** For tests of the checkers: no other rule ends the run. */
  readonly only?: ReadonlySet<CheckId>
}

export interface SafetyChecker {
  readonly observer: WorldObserver
  /** The one that ended the run, if any. */
  readonly violations: readonly Violation[]
  readonly facts: RunFacts
  readonly ghost: Ghost
  /** Evaluates everything from the whole state; to be called at the end of a run. */
  checkEverything(): void
}

const FULL_CHECK_EVERY = 50_000

/** Throws Violation out of the observer's methods at the first rule that does not hold. */
export function createSafetyChecker(view: WorldView, options: SafetyOptions = {}): SafetyChecker {
  const { only, fullCheckEvery = FULL_CHECK_EVERY } = options
  const violations: Violation[] = []
  const ghost = createGhost(view, (id, what) => {
    if (only && !only.has(id)) return
    const violation = new Violation(id, `${what} (step ${view.steps})`)
    violations.push(violation)
    throw violation
  })
  let untilFull = fullCheckEvery
  const observer: WorldObserver = {
    stepped(server, input, effects, cutShort) {
      onStepped(ghost, server, input, effects, cutShort)
      untilFull -= 1
      if (untilFull !== 0) return
      untilFull = fullCheckEvery
      checkEverything(ghost)
    },
    durable: (server, effect) => onDurable(ghost, server, effect),
    snapshotTaken: (server, snapshot) => onSnapshotTaken(ghost, server, snapshot),
    started: (server, recovered) => onStarted(ghost, server, recovered),
    crashed: (server) => onCrashed(ghost, server),
    acted() {
      ghost.facts.faults += 1
    },
  }
  return { observer, violations, facts: ghost.facts, ghost, checkEverything: () => checkEverything(ghost) }
}
