// The shape of each request of a page, checked before anything acts on it. Unknown fields are refused.

import { z } from 'zod'
import type { ClientToServer } from '#shared/events/socket-protocol.ts'
import { pathProblem } from '#shared/zk/path.ts'
import { MEMBERS_MAX } from '../ensemble/layout.ts'
import type { RequestName } from './permissions.ts'

export type RequestOf<Name extends RequestName> = Parameters<ClientToServer[Name]>[0]

/** Characters; a path travels in a frame of at most 1 MiB anyway. */
const PATH_MAX = 4096

const path = z
  .string()
  .max(PATH_MAX)
  .superRefine((text, context) => {
    const problem = pathProblem(text)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })
const sid = z.int().min(1).max(MEMBERS_MAX)
const onlyPath = z.strictObject({ path })
const onlySid = z.strictObject({ sid })

export const REQUEST_SCHEMAS: { readonly [Name in RequestName]: z.ZodType<RequestOf<Name>> } = {
  hello: z.strictObject({ version: z.int(), lastSeq: z.int().min(0).nullable() }),
  'tree:list': z.strictObject({ path, offset: z.int().min(0), watch: z.boolean() }),
  'tree:forget': onlyPath,
  'node:get': onlyPath,
  'locks:list': z.strictObject({}),
  'locks:open': onlyPath,
  'locks:close': onlyPath,
  'member:kill': onlySid,
  'member:start': onlySid,
  'member:stop': onlySid,
  'member:pause': onlySid,
  'member:resume': onlySid,
}

/** What is wrong with a request, as a sentence. */
export function explainIssues(name: string, error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')})` : ''
  return `The request ${name} is malformed${where}: ${issue?.message ?? 'unknown field'}. Reload the page.`
}
