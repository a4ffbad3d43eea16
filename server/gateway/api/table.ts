// The one table of operations. A request of the socket protocol without an entry does not compile; a REST route or a
// handler without one cannot exist, because both are made from it. To add an operation: its request and answer in
// shared/events/socket-protocol.ts, an entry in the file of its area, a handler.

import type { z } from 'zod'
import { CLUSTER_OPERATIONS } from './cluster-operations.ts'
import { FAULT_OPERATIONS } from './fault-operations.ts'
import { HISTORY_OPERATIONS } from './history-operations.ts'
import { LOCK_OPERATIONS } from './lock-operations.ts'
import { MEMBER_OPERATIONS } from './member-operations.ts'
import { NODE_OPERATIONS } from './node-operations.ts'
import type { ActionName, Operation, Operations, RequestName, RestRoute } from './operation.ts'
import { OPERATOR_OPERATIONS } from './operator-operations.ts'
import { PAGE_OPERATIONS } from './page-operations.ts'
import { PLAYGROUND_OPERATIONS } from './playground-operations.ts'
import { RECORDING_OPERATIONS } from './recording-operations.ts'
import { isAtLeast, type Role } from './roles.ts'
import { SUBTREE_OPERATIONS } from './subtree-operations.ts'
import { TREE_OPERATIONS } from './tree-operations.ts'

export const OPERATIONS: Operations<RequestName> = {
  ...PAGE_OPERATIONS,
  ...TREE_OPERATIONS,
  ...HISTORY_OPERATIONS,
  ...LOCK_OPERATIONS,
  ...MEMBER_OPERATIONS,
  ...NODE_OPERATIONS,
  ...SUBTREE_OPERATIONS,
  ...OPERATOR_OPERATIONS,
  ...FAULT_OPERATIONS,
  ...CLUSTER_OPERATIONS,
  ...RECORDING_OPERATIONS,
  ...PLAYGROUND_OPERATIONS,
}

export const REQUEST_NAMES: readonly RequestName[] = Object.keys(OPERATIONS).filter(isRequestName)
export const ACTION_NAMES: readonly ActionName[] = REQUEST_NAMES.filter((name) => name !== 'hello')

/** Also right for names like `constructor`, which every object has. */
export function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(OPERATIONS, name)
}

export function operation(name: RequestName): Operation<RequestName> {
  return OPERATIONS[name]
}

export function mayAsk(role: Role, name: RequestName): boolean {
  return isAtLeast(role, OPERATIONS[name].role)
}

export interface RestOperation {
  readonly name: ActionName
  readonly rest: RestRoute
}

/** Every operation that has a REST route. */
export function restOperations(): readonly RestOperation[] {
  return ACTION_NAMES.flatMap((name) => {
    const { rest } = OPERATIONS[name]
    return rest ? [{ name, rest }] : []
  })
}

/** What is wrong with a request, as a sentence. */
export function explainIssues(name: string, error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')})` : ''
  return `The request ${name} is malformed${where}: ${issue?.message ?? 'unknown field'}.`
}
