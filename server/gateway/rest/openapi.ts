// The API document, made from the table: what is not there cannot be asked, and what is there is here.

import { z } from 'zod'
import type { ActionName, RestRoute } from '../api/operation.ts'
import { operation, restOperations } from '../api/table.ts'
import { CLUSTER_FIELD, CSRF_HEADER } from './rest-caller.ts'
import { inputSchema, usesBody } from './rest-input.ts'
import { LOGIN_INPUT, PASSWORD_INPUT, SESSION_ROUTES } from './session-routes.ts'

type Json = Readonly<Record<string, unknown>>

const PROBLEM: Json = {
  description: 'Why not, and what to do next.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}
const ANSWER: Json = { description: 'Done.', content: { 'application/json': {} } }

const PROOF =
  ' A login needs its password entered within five minutes where this is dangerous, see POST /session/password.'
/** Operations that are about no single cluster. */
const OF_THE_GATEWAY = /^(?:cluster:(?:list|attach|detach)|audit:read)$/
const ABOUT_CLUSTER: Json = {
  name: CLUSTER_FIELD,
  in: 'query',
  required: false,
  schema: { type: 'string' },
  description: 'Which cluster, by its id in `GET /clusters`; left out: the one that the gateway was started with.',
}

/** OpenAPI 3.1. @param basePath without a slash at its end */
export function openApiDocument(version: string, basePath: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  const put = (path: string, method: string, entry: Json): void => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: entry }
  }
  for (const { name, rest } of restOperations()) put(rest.path, rest.method, describeOperation(name, rest))
  for (const { method, path, summary } of SESSION_ROUTES) {
    const login = path === '/login' ? { security: [], requestBody: jsonBody(z.toJSONSchema(LOGIN_INPUT)) } : {}
    const proof = path === '/session/password' ? { requestBody: jsonBody(z.toJSONSchema(PASSWORD_INPUT)) } : {}
    put(path, method, {
      operationId: `${method} ${path}`,
      summary,
      ...login,
      ...proof,
      responses: { 200: ANSWER, default: PROBLEM },
    })
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Zabscope', version, description: 'Everything that the page does. 64-bit numbers are `0x…` texts.' },
    servers: [{ url: `${basePath}/api/v1` }],
    security: [{ token: [] }, { login: [], antiForgery: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The access token of this start, or an API token.' },
        login: { type: 'apiKey', in: 'cookie', name: 'zabscope-…' },
        antiForgery: { type: 'apiKey', in: 'header', name: CSRF_HEADER },
      },
      schemas: {
        Problem: {
          type: 'object',
          required: ['status', 'detail', 'code'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string', description: 'A sentence that says what to do next.' },
            code: { type: 'string', description: 'ZooKeeper’s name of the error, or ours.' },
          },
        },
      },
    },
  }
}

function describeOperation(name: ActionName, rest: RestRoute): Json {
  const { role, summary, audited, asksPassword } = operation(name)
  const schema = inputSchema(name)
  const inPath = [...rest.path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field)
  const hidden = new Set([...inPath, ...Object.keys(rest.fixed ?? {})])
  const others = Object.entries(schema.properties ?? {}).filter(([field]) => !hidden.has(field))
  const required = Array.isArray(schema.required) ? schema.required : []
  const parameter = (field: string, where: 'path' | 'query'): Json => ({
    name: field,
    in: where,
    required: where === 'path' || required.includes(field),
    schema: schema.properties?.[field] ?? {},
  })
  const inQuery = usesBody(rest) ? [] : others.map(([field]) => parameter(field, 'query'))
  const ifMatch = {
    name: 'If-Match',
    in: 'header',
    schema: { type: 'string' },
    description: `Sets ${rest.versionField}.`,
  }
  return {
    operationId: name,
    tags: [name.slice(0, name.indexOf(':'))],
    summary,
    description: `Needs the role ${role}.${audited ? ' Each use is a record of the audit log.' : ''}${asksPassword ? PROOF : ''}`,
    parameters: [
      ...inPath.map((field) => parameter(field, 'path')),
      ...inQuery,
      ...(rest.versionField !== undefined && rest.method !== 'GET' ? [ifMatch] : []),
      ...(OF_THE_GATEWAY.test(name) ? [] : [ABOUT_CLUSTER]),
    ],
    ...(usesBody(rest) && others.length > 0
      ? {
          requestBody: jsonBody({
            ...schema,
            properties: Object.fromEntries(others),
            required: required.filter((field: unknown) => !hidden.has(String(field))),
          }),
        }
      : {}),
    responses: { 200: ANSWER, default: PROBLEM },
  }
}

function jsonBody(schema: object): Json {
  return { required: true, content: { 'application/json': { schema } } }
}
