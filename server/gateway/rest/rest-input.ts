// From an HTTP request to the input of an operation: fields from the path, then the query (GET, DELETE) or the JSON
// body, with texts made into the numbers and truth values that the shape wants. Whether it fits is the shape's to say.

import type { Request } from 'express'
import { z } from 'zod'
import type { ActionName, RestRoute } from '../api/operation.ts'
import { operation } from '../api/table.ts'
import { CLUSTER_FIELD } from './rest-caller.ts'

/** A JSON schema, as far as we look into it. */
interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>
}

const schemas = new Map<ActionName, ObjectSchema>()

/** The JSON schema of an operation's input. */
export function inputSchema(name: ActionName): ObjectSchema & Record<string, unknown> {
  const known = schemas.get(name)
  if (known) return { ...known }
  const { $schema, ...schema } = z.toJSONSchema(operation(name).input, { io: 'input', unrepresentable: 'any' })
  schemas.set(name, schema as ObjectSchema)
  return schema as ObjectSchema & Record<string, unknown>
}

export function usesBody({ method }: RestRoute): boolean {
  return method === 'POST' || method === 'PUT'
}

/** Null when the body is no JSON object. */
export function readInput(name: ActionName, rest: RestRoute, request: Request): Record<string, unknown> | null {
  const { properties = {} } = inputSchema(name)
  const typed = (given: Readonly<Record<string, unknown>>) =>
    Object.entries(given).map(([field, value]): [string, unknown] => [field, asType(value, properties[field]?.type)])
  const { [CLUSTER_FIELD]: _about, ...query } = request.query // the caller's, not the operation's
  const body: unknown = usesBody(rest) ? (request.body ?? {}) : {}
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  // Entries and not a spread: a field named __proto__ stays a field, which the shape then refuses.
  const fields = [...(usesBody(rest) ? Object.entries(body) : typed(query)), ...typed(request.params)]
  const version = rest.versionField === undefined ? null : matchedVersion(request)
  if (rest.versionField !== undefined && version !== null) fields.unshift([rest.versionField, version])
  return Object.fromEntries([...fields, ...Object.entries(rest.fixed ?? {})])
}

/** `If-Match: "3"` is version 3, `*` is any; null without the header, NaN when it makes no sense. */
export function matchedVersion(request: Request): number | null {
  const text = request.get('If-Match')
  if (text === undefined) return null
  return text === '*' ? -1 : Number(/^"(\d{1,10})"$/.exec(text)?.[1] ?? Number.NaN)
}

function asType(value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'string') return value
  if (type === 'integer' || type === 'number') return /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
