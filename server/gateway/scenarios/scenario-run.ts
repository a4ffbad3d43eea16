// One run of a scenario: its steps in order, the person's answers, the verdict, and the undoing whatever happens. It tells
// each change; who may start one is scenario-control.ts's business.

import { setTimeout as delay } from 'node:timers/promises'
import { unreachable } from '#shared/base/assert.ts'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { AssertionView, ScenarioRun, ScenarioStepView } from '#shared/events/scenario-run.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { evidence, fill, met, type World } from '#shared/scenarios/evaluate.ts'
import { type Observed, observe, startObserving } from '#shared/scenarios/observed.ts'
import type { Scenario, Step, Value } from '#shared/scenarios/scenario.ts'
import { nowMs } from '../member-streams.ts'
import { RequestError } from '../request-error.ts'
import { type ActionsOptions, RunActions } from './run-actions.ts'
import { until } from './run-clients.ts'

/** For a person to read or to answer; then the run ends. */
export const PERSON_MS_MAX = 10 * 60_000

export interface RunOptions extends Pick<ActionsOptions, 'ensemble' | 'faults' | 'workloads'> {
  readonly id: string
  readonly scenario: Scenario
  readonly view: ClusterView
  /** Called at each change. */
  readonly tell: (run: ScenarioRun) => void
}

interface Waiting {
  readonly step: number
  readonly resolve: (choice: string) => void
}

export class LiveRun {
  /** Resolves when everything is undone. */
  readonly ended: Promise<void>
  readonly #options: RunOptions
  readonly #observed: Observed
  readonly #facts = new Map<string, Value>()
  readonly #workloadIds = new Map<string, string>()
  readonly #stopping = new AbortController()
  readonly #actions: RunActions
  #run: ScenarioRun
  #waiting: Waiting | null = null
  #quick = false

  constructor(options: RunOptions) {
    this.#options = options
    const { id, scenario, view, ensemble, faults, workloads } = options
    const leading = Object.values(view.members).filter(({ state, serving }) => state === 'LEADING' && serving)
    const startedAt = nowMs()
    this.#observed = startObserving(
      leading.map(({ sid }) => sid),
      startedAt,
    )
    this.#actions = new RunActions({
      ...{ ensemble, faults, workloads, root: `/scenarios-${id}`, signal: this.#stopping.signal },
      ...{ world: () => this.#world(), facts: this.#facts, workloadIds: this.#workloadIds },
    })
    this.#run = {
      ...{ id, scenario: scenario.id, state: 'running', step: 0, assertions: [], reason: null },
      ...{ startedAt, endedAt: null, steps: scenario.steps.map(pendingStep) },
    }
    this.ended = this.#play()
  }

  get view(): ScenarioRun {
    return this.#run
  }

  onEvent(event: GatewayEvent): void {
    observe(this.#observed, event)
  }

  /** Throws RequestError when nothing waits for it. */
  answer(step: number, choice: string): void {
    const waiting = this.#expectWaiting(step, 'asking', 'There is no such question now.')
    if (!this.#run.steps[step]?.choices.some(({ id }) => id === choice))
      throw new RequestError('BAD_ARGUMENT', 'That is none of the answers to choose from.')
    waiting.resolve(choice)
  }

  next(step: number): void {
    this.#expectWaiting(step, 'waiting', 'That step does not wait.').resolve('')
  }

  /** Resolves when everything is undone. `quick`: the ensemble itself ends. */
  async stop(reason: string, quick = false): Promise<void> {
    this.#quick = quick
    this.#stopping.abort(new RequestError('STOPPED', reason))
    await this.ended
  }

  #expectWaiting(step: number, state: ScenarioRun['state'], otherwise: string): Waiting {
    if (this.#waiting?.step !== step || this.#run.state !== state) throw new RequestError('WRONG_STATE', otherwise)
    return this.#waiting
  }

  async #play(): Promise<void> {
    const { scenario } = this.#options
    let reason: string | null = null
    let assertions: readonly AssertionView[] = []
    try {
      for (const [i, step] of scenario.steps.entries()) await this.#playStep(i, step)
      this.#settleQuestions()
      assertions = this.#judge()
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
      this.#stepIs(this.#run.step, { state: 'failed', result: reason })
    }
    const { signal } = this.#stopping
    const verdict = (): ScenarioRun['state'] => {
      if (signal.aborted) return 'stopped'
      return reason === null && assertions.every(({ passed }) => passed) ? 'passed' : 'failed'
    }
    const state = verdict()
    if (signal.aborted) reason = signal.reason instanceof Error ? signal.reason.message : String(signal.reason)
    this.#change({ state: 'cleaning', assertions })
    const problems = await this.#actions.undo(this.#quick)
    if (problems.length > 0)
      reason = [reason, `Not everything could be undone: ${problems.join(' ')}`].filter(Boolean).join(' ')
    this.#change({ state, reason, endedAt: nowMs() })
  }

  async #playStep(i: number, step: Step): Promise<void> {
    const { signal } = this.#stopping
    signal.throwIfAborted()
    this.#change({ step: i, state: 'running' })
    this.#stepIs(i, { state: 'running', text: fill(step.text, this.#facts) })
    switch (step.type) {
      case 'say':
        await this.#person(i, 'waiting')
        break
      case 'ask': {
        const answered = await this.#person(i, 'asking')
        this.#stepIs(i, { answered })
        break
      }
      case 'do':
        for (const action of step.actions) await this.#orStopped(this.#actions.perform(action))
        this.#stepIs(i, { text: fill(step.text, this.#facts) })
        break
      case 'wait': {
        const startedAt = performance.now()
        await until(
          () => met(step.until, this.#world()),
          step.withinMs,
          signal,
          () => evidence(step.until, this.#world()),
        )
        this.#stepIs(i, { result: `${((performance.now() - startedAt) / 1000).toFixed(1)} s` })
        break
      }
      case 'explain':
        this.#settleQuestions()
        break
      default:
        unreachable(step)
    }
    this.#stepIs(i, { state: 'done' })
    this.#change({ step: i + 1, state: 'running' })
  }

  async #person(step: number, state: 'waiting' | 'asking'): Promise<string> {
    const answered = new Promise<string>((resolve) => {
      this.#waiting = { step, resolve }
    })
    this.#change({ state })
    const done = new AbortController()
    const late = delay(PERSON_MS_MAX, undefined, { signal: done.signal, ref: false }).then(() => {
      throw new RequestError('TIMEOUT', 'Nobody went on for ten minutes.')
    })
    late.catch(() => undefined)
    try {
      return await this.#orStopped(Promise.race([answered, late]))
    } finally {
      done.abort()
      this.#waiting = null
    }
  }

  /** Rejects at once when the run is stopped, whatever `work` does; undoing waits for what cannot be interrupted. */
  #orStopped<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#stopping
    work.catch(() => undefined)
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
      if (signal.aborted) onAbort()
    })
  }

  #settleQuestions(): void {
    for (const [i, step] of this.#options.scenario.steps.entries()) {
      if (step.type !== 'ask' || this.#run.steps[i]?.state !== 'done') continue
      const right = step.right.find(({ when }) => met(when, this.#world()))
      this.#stepIs(i, { right: right?.choice ?? null })
    }
  }

  #judge(): readonly AssertionView[] {
    return this.#options.scenario.assertions.map(({ text, that }) => ({
      text: fill(text, this.#facts),
      passed: met(that, this.#world()),
      evidence: evidence(that, this.#world()),
    }))
  }

  #world(): World {
    return {
      ...{ view: this.#options.view, observed: this.#observed, facts: this.#facts },
      ...{ workloads: this.#workloadIds, now: nowMs() },
    }
  }

  #stepIs(at: number, change: Partial<ScenarioStepView>): void {
    this.#change({ steps: this.#run.steps.map((step, i) => (i === at ? { ...step, ...change } : step)) })
  }

  #change(change: Partial<ScenarioRun>): void {
    this.#run = { ...this.#run, ...change }
    this.#options.tell(this.#run)
  }
}

function pendingStep(step: Step): ScenarioStepView {
  return {
    ...{ type: step.type, text: fill(step.text, new Map()), state: 'pending', result: '' },
    ...{ choices: step.type === 'ask' ? step.choices : [], answered: null, right: null },
  }
}
