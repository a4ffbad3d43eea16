// The routes of the table, below /api/v1: each request goes through the same door as one from a socket.

import { pipeline } from 'node:stream/promises'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Answer } from '#shared/events/socket-protocol.ts'
import type { FileAnswer } from '#shared/events/tree-requests.ts'
import type { Access } from '../access.ts'
import type { ActionName, RestRoute } from '../api/operation.ts'
import type { Performer } from '../api/perform.ts'
import { restOperations } from '../api/table.ts'
import { BODY_BYTES_MAX, REST_PENDING_MAX } from '../limits.ts'
import type { PageClient } from '../page-client.ts'
import { sendProblem } from './problem.ts'
import { restClient } from './rest-caller.ts'
import { matchedVersion, readInput, usesBody } from './rest-input.ts'

export interface RouteOptions {
  readonly access: () => Access
  readonly performer: Performer
  /** The request is over: let go of what it held. */
  readonly onGone: (client: PageClient) => void
}

export function operationRoutes(options: RouteOptions): Router {
  const router = Router()
  let pending = 0
  for (const { name, rest } of restOperations()) {
    const path = rest.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const carryOut: RequestHandler = async (request, response) => {
      if (pending >= REST_PENDING_MAX)
        return sendProblem(response, 'BUSY', 'Too many requests wait for the ensemble. Try again when it answers.')
      pending += 1
      try {
        await answerOne(options, name, rest, request, response)
      } finally {
        pending -= 1
      }
    }
    const method = rest.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'
    const body =
      rest.fileField !== undefined ? [fileOnly(rest)] : usesBody(rest) ? [jsonOnly, jsonBody(rest)] : [noBody]
    router[method](path, ...body, carryOut)
  }
  return router
}

async function answerOne(
  { access, performer, onGone }: RouteOptions,
  name: ActionName,
  rest: RestRoute,
  request: Request,
  response: Response,
): Promise<void> {
  const input =
    rest.fileField === undefined ? readInput(name, rest, request) : { [rest.fileField]: fileOf(request, rest) }
  if (input === null) return sendProblem(response, 'MALFORMED', 'The body is to be a JSON object.')
  const client = restClient(access(), request, response)
  try {
    const answer = await performer.answer(client, name, input)
    if (!response.destroyed) sendAnswer(response, rest, answer, matchedVersion(request) !== null)
  } finally {
    onGone(client)
  }
}

function sendAnswer(response: Response, rest: RestRoute, answer: Answer<unknown>, matched: boolean): void {
  if (!answer.ok) {
    const status = matched && answer.code === 'BADVERSION' ? 412 : undefined
    return sendProblem(response, answer.code, answer.message, status)
  }
  const { value } = answer
  const version = versionOf(value)
  if (rest.versionField !== undefined && version !== null) response.set('ETag', `"${version}"`)
  if (isFile(value)) void sendFile(response, value)
  else if (value === null) response.status(204).end()
  else response.type('application/json').send(JSON.stringify(value))
}

function isFile(value: unknown): value is FileAnswer {
  return typeof value === 'object' && value !== null && 'fileName' in value && 'content' in value
}

/** Never shown by the browser, whatever it holds (B-3). */
async function sendFile(response: Response, { fileName, contentType, content }: FileAnswer): Promise<void> {
  response.set('Content-Disposition', `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`)
  response.set('Content-Security-Policy', "default-src 'none'; sandbox")
  response.set('Content-Type', contentType)
  if (typeof content === 'string') {
    response.end(content)
    return
  }
  // A reader that stays away or goes ends it, and what it would have read is never made.
  await pipeline(content, response).catch(() => response.destroy())
}

/** The data version of a znode, in an answer with its stat. */
function versionOf(value: unknown): number | null {
  const stat = typeof value === 'object' && value !== null && 'stat' in value ? value.stat : null
  const version = typeof stat === 'object' && stat !== null && 'version' in stat ? stat.version : null
  return typeof version === 'number' ? version : null
}

function jsonBody({ bodyBytesMax = BODY_BYTES_MAX }: RestRoute): RequestHandler {
  return express.json({ limit: bodyBytesMax, strict: true, type: 'application/json', inflate: false })
}

function fileOnly({ bodyBytesMax = BODY_BYTES_MAX }: RestRoute): RequestHandler {
  return (request, response, next) => {
    if (!request.is('application/gzip'))
      sendProblem(response, 'MEDIA_TYPE', 'Send the file itself as `Content-Type: application/gzip`.')
    else if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax)
      sendProblem(response, 'TOO_LARGE', `The file is larger than ${bodyBytesMax} bytes.`)
    else next()
  }
}

/** The body as it comes, and never more than the route takes. */
async function* fileOf(request: Request, { bodyBytesMax = BODY_BYTES_MAX }: RestRoute): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw new Error(`it is larger than ${bodyBytesMax} bytes`)
    yield chunk
  }
}

const jsonOnly: RequestHandler = (request, response, next) => {
  if (!hasBody(request) || request.is('application/json')) next()
  else sendProblem(response, 'MEDIA_TYPE', 'Send the body as `Content-Type: application/json`.')
}

const noBody: RequestHandler = (request, response, next) => {
  if (!hasBody(request)) next()
  else sendProblem(response, 'BAD_REQUEST', 'This takes its fields from the query, and no body.')
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
}
