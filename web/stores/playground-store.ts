// What a person does in the playground: workloads, faults, scenarios. Failures become notices; success shows itself in the
// view that all pages share.

import { create } from 'zustand'
import type { FaultRequest } from '#shared/events/fault-request.ts'
import type { ScenarioSummary } from '#shared/events/scenario-run.ts'
import type { AnySettings, WorkloadKind } from '#shared/events/workload-settings.ts'
import type { AskName, AskRequest } from '../feeds/feed.ts'
import { ask } from './ask.ts'
import { tell } from './notice-store.ts'

interface PlaygroundState {
  /** Null before they were read. */
  readonly scenarios: readonly ScenarioSummary[] | null
  /** The run whose result was put aside for the list. */
  readonly seen: string | null
  /** Requests under way. */
  readonly busy: number
  /** The link whose faults are offered. */
  readonly link: readonly [number, number] | null
}

export const usePlayground = create<PlaygroundState>(() => ({ scenarios: null, seen: null, busy: 0, link: null }))

async function order<K extends AskName>(name: K, request: AskRequest<K>): Promise<boolean> {
  usePlayground.setState(({ busy }) => ({ busy: busy + 1 }))
  const answer = await ask(name, request)
  usePlayground.setState(({ busy }) => ({ busy: busy - 1 }))
  if (!answer.ok) tell(answer.message)
  return answer.ok
}

export async function readScenarios(): Promise<void> {
  const answer = await ask('scenario:list', {})
  if (answer.ok && Array.isArray(answer.value)) usePlayground.setState({ scenarios: answer.value })
  else if (!answer.ok) tell(answer.message)
}

export const startScenario = (id: string): Promise<boolean> => order('scenario:start', { id })
export const answerScenario = (step: number, choice: string): Promise<boolean> =>
  order('scenario:answer', { step, choice })
export const nextScenario = (step: number): Promise<boolean> => order('scenario:next', { step })

/** Undoing may take longer than an answer is waited for; the run itself says how far it is. */
export async function stopScenario(): Promise<void> {
  const answer = await ask('scenario:stop', {})
  if (!answer.ok && answer.code !== 'TIMEOUT') tell(answer.message)
}

export function putAside(run: string): void {
  usePlayground.setState({ seen: run })
}

export const startWorkload = (kind: WorkloadKind, settings: AnySettings): Promise<boolean> =>
  order('workload:start', { kind, settings })
export const tuneWorkload = (id: string, settings: AnySettings): Promise<boolean> =>
  order('workload:update', { id, settings })
export const stopWorkload = (id: string): Promise<boolean> => order('workload:stop', { id })

export const injectFault = (request: FaultRequest): Promise<boolean> => order('fault:inject', request)
export const healFault = (id: string): Promise<boolean> => order('fault:heal', { id })
export const healAll = (): Promise<boolean> => order('fault:heal-all', {})

/** Null: none any more. */
export function offerLink(link: readonly [number, number] | null): void {
  usePlayground.setState({ link })
}
