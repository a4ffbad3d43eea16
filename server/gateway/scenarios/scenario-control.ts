// Guided scenarios as pages ask for them: which there are, one at a time, ended with the page that started it and with the
// gateway. What one does is scenario-run.ts.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { ScenarioRun } from '#shared/events/scenario-run.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { SCENARIOS, scenarioOf } from '#shared/scenarios/list.ts'
import type { Handlers } from '../api/handlers.ts'
import type { ActionName } from '../api/operation.ts'
import { nowMs } from '../member-streams.ts'
import type { PageClient } from '../page-client.ts'
import { RequestError } from '../request-error.ts'
import { LiveRun, type RunOptions } from './scenario-run.ts'

type ScenarioRequests = Extract<ActionName, `scenario:${string}`>

export interface ScenarioControlOptions extends Pick<RunOptions, 'ensemble' | 'faults' | 'workloads'> {
  readonly view: ClusterView
  readonly emit: (event: GatewayEvent) => void
}

export class ScenarioControl {
  readonly handlers: Pick<Handlers, ScenarioRequests>
  readonly #options: ScenarioControlOptions
  #live: LiveRun | null = null
  #started = 0

  constructor(options: ScenarioControlOptions) {
    this.#options = options
    this.handlers = {
      'scenario:list': async () =>
        SCENARIOS.map(({ id, title, learn, voters, aboutSeconds }) => ({ id, title, learn, voters, aboutSeconds })),
      'scenario:start': async (client, { id }) => this.#start(client, id),
      'scenario:answer': async (_client, { step, choice }) => {
        this.#running().answer(step, choice)
        return null
      },
      'scenario:next': async (_client, { step }) => {
        this.#running().next(step)
        return null
      },
      'scenario:stop': async () => {
        await this.#running().stop('It was stopped.')
        return null
      },
    }
  }

  /** What the members tell, while one runs. */
  onEvent(event: GatewayEvent): void {
    if (event.type !== 'scenario') this.#live?.onEvent(event)
  }

  async close(): Promise<void> {
    await this.#live?.stop('The gateway ends.', true)
  }

  #running(): LiveRun {
    if (!this.#live) throw new RequestError('WRONG_STATE', 'No scenario runs now. Start one first.')
    return this.#live
  }

  #start(client: PageClient, id: string): ScenarioRun {
    const { ensemble, faults, workloads, view, emit } = this.#options
    const scenario = scenarioOf(id)
    if (!scenario)
      throw new RequestError(
        'BAD_ARGUMENT',
        `There is no scenario ${id}. There are ${SCENARIOS.map((one) => one.id).join(', ')}.`,
      )
    if (this.#live) throw new RequestError('WRONG_STATE', 'A scenario runs already. Stop it first.')
    if (faults.list().length > 0)
      throw new RequestError('WRONG_STATE', 'Faults are active, and would spoil the scenario. Heal them first.')
    const voters = Object.values(view.members).filter(({ role }) => role === 'participant')
    const serving = voters.filter(({ serving: serves }) => serves)
    if (voters.length !== scenario.voters || serving.length !== voters.length)
      throw new RequestError(
        'WRONG_STATE',
        `This scenario is for ${scenario.voters} voters that all serve; ${serving.length} of ${voters.length} do now.`,
      )
    this.#started += 1
    const run = new LiveRun({
      ...{ ensemble, faults, workloads, view, scenario },
      id: `${Math.round(nowMs())}-${this.#started}`,
      tell: (told) => emit({ type: 'scenario', t: nowMs(), sid: 0, run: told }),
    })
    this.#live = run
    const onGone = (): void => void run.stop('The page that started it is gone.')
    client.gone.addEventListener('abort', onGone, { once: true })
    void run.ended.then(() => {
      client.gone.removeEventListener('abort', onGone)
      this.#live = null
    })
    return run.view
  }
}
