// The AdminServer: GET <commandURL>/<name>. Routing, form of answers, and how often the dear ones may be asked; what
// they say is admin-commands.ts. Source: JettyAdminServer, JsonOutputter, Commands; measured against the Debian package.

import type { AdminConfig } from '../config/operations.ts'
import { EXPENSIVE_PER_SECOND_MAX, NOT_SERVING } from '../four-letter/four-letter.ts'
import { createHttpPort, type HttpAnswer, type HttpPort, type HttpRequest } from '../http/http-port.ts'
import type { MemberLogger } from '../logging.ts'
import type { ServerFacts } from '../server-facts.ts'
import { ADMIN_COMMANDS, type AdminCommand } from './admin-commands.ts'
import { type Json, jsonText } from './json-text.ts'
import { createSnapshotCommand, SNAPSHOT_NAMES } from './snapshot-command.ts'

export interface AdminPortOptions {
  readonly config: AdminConfig
  readonly hosts: ReadonlySet<string> | 'all'
  readonly facts: ServerFacts
  readonly log: MemberLogger
  readonly takeSnapshot: () => Promise<boolean>
}

export function createAdminPort({ config, hosts, facts, log, takeSnapshot }: AdminPortOptions): HttpPort {
  const intervalMs = config.snapshotIntervalMs
  const snapshot = intervalMs === null ? null : createSnapshotCommand({ facts, log, intervalMs, takeSnapshot })
  const answer = createAdmin(facts, config.commandUrl, snapshot)
  const { address: host, port, idleTimeoutMs } = config
  return createHttpPort({ what: 'AdminServer', host, port, idleTimeoutMs, hosts, log, answer })
}

/** The AdminServer without its port. `snapshot` null: that command does not exist. */
export function createAdmin(
  facts: ServerFacts,
  commandUrl: string,
  snapshot: ((request: HttpRequest) => Promise<HttpAnswer>) | null = null,
): (request: HttpRequest) => Promise<HttpAnswer> {
  const byName = new Map(ADMIN_COMMANDS.flatMap((command) => command.names.map((name) => [name, command] as const)))
  const list = listOf(commandUrl, snapshot !== null)
  let windowEndsMs = 0
  let expensiveLeft = 0

  function mayRun(command: AdminCommand): boolean {
    if (!command.expensive) return true
    const nowMs = facts.nowMs()
    if (nowMs >= windowEndsMs) {
      windowEndsMs = nowMs + 1000
      expensiveLeft = EXPENSIVE_PER_SECOND_MAX
    }
    expensiveLeft -= 1
    return expensiveLeft >= 0
  }

  return async (request) => {
    const { url } = request
    const path = decoded(url.pathname)
    if (path === commandUrl || path === `${commandUrl}/`)
      return { status: 200, contentType: 'text/html;charset=utf-8', body: list }
    if (path === null || !path.startsWith(`${commandUrl}/`))
      return { status: 404, contentType: 'text/plain', body: `Commands are at ${commandUrl}.\n` }
    const asked = path.slice(commandUrl.length + 1)
    if (snapshot && SNAPSHOT_NAMES.includes(asked)) return snapshot(request)
    const command = byName.get(asked)
    if (!command)
      return json([
        ['command', asked],
        ['error', `Unknown command: ${asked}`],
      ])
    const [name = asked] = command.names
    if (!command.always && !facts.notes.serving)
      return json([
        ['command', name],
        ['error', NOT_SERVING],
      ])
    if (!mayRun(command))
      return json([
        ['command', name],
        ['error', `${name} is asked for too often; try again in a second`],
      ])
    const found = await command.run(facts, url.searchParams)
    const entries = found instanceof Map ? [...found] : Object.entries(found)
    // An error of the command's own stands first, and there is no second one.
    const failed = entries.some(([key]) => key === 'error')
    return json([...entries, ['command', name], ...(failed ? [] : ([['error', null]] as const))])
  }
}

function json(entries: readonly (readonly [string, Json])[]): HttpAnswer {
  return { status: 200, contentType: 'application/json', body: jsonText(new Map(entries)) }
}

function listOf(commandUrl: string, withSnapshot: boolean): string {
  const names = [...ADMIN_COMMANDS.map(({ names: [name = ''] }) => name), ...(withSnapshot ? ['snapshot'] : [])].sort()
  return names.map((name) => `<a href="${commandUrl}/${name}">${name}</a>\n<br/>\n`).join('')
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
