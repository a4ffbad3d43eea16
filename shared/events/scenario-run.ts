// A guided scenario as pages see it: which there are, and how far the one that runs has come. The scenarios themselves
// are shared/scenarios; the texts that travel have all their names filled in.

/** The same in each language of the page. */
export interface Words {
  readonly en: string
  readonly 'zh-CN': string
}

export interface ScenarioSummary {
  readonly id: string
  readonly title: Words
  /** What one can say afterwards. */
  readonly learn: Words
  /** Voters that must serve before it can begin. */
  readonly voters: number
  /** As measured on a small machine. */
  readonly aboutSeconds: number
}

export type StepState = 'pending' | 'running' | 'done' | 'failed'

export interface Choice {
  readonly id: string
  readonly text: Words
}

export interface ScenarioStepView {
  readonly type: 'say' | 'do' | 'wait' | 'ask' | 'explain'
  readonly text: Words
  readonly state: StepState
  /** What came of it, in figures; empty for nothing to add. */
  readonly result: string
  /** Of `ask`. */
  readonly choices: readonly Choice[]
  readonly answered: string | null
  /** Null until the run has shown it. */
  readonly right: string | null
}

export interface AssertionView {
  readonly text: Words
  readonly passed: boolean
  /** What was found, and what was wanted. */
  readonly evidence: string
}

/** waiting: for somebody to go on. asking: for an answer. cleaning: heals its faults, stops its workloads. */
export type RunState = 'running' | 'waiting' | 'asking' | 'cleaning' | 'passed' | 'failed' | 'stopped'

export interface ScenarioRun {
  /** Of this run. */
  readonly id: string
  readonly scenario: string
  readonly state: RunState
  /** The step it is at; one past the last when all are done. */
  readonly step: number
  readonly steps: readonly ScenarioStepView[]
  /** Empty before the end. */
  readonly assertions: readonly AssertionView[]
  /** Why it did not get to its end, as a sentence; null otherwise. */
  readonly reason: string | null
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number | null
}
