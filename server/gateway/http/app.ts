// Every HTTP route of the gateway in one place: health, metrics, the API, the page. The Host check is before all of it
// (http-server.ts), permissions are behind it (api/perform.ts).

import express, { type ErrorRequestHandler, type Express } from 'express'
import type { Logger } from 'pino'
import { isEncrypted } from '../access.ts'
import { openApiDocument } from '../rest/openapi.ts'
import { operationRoutes, type RouteOptions } from '../rest/operation-routes.ts'
import { sendProblem } from '../rest/problem.ts'
import { requireCaller, requireOurPage } from '../rest/rest-caller.ts'
import { loginRoute, type SessionOptions, sessionRoutes } from '../rest/session-routes.ts'
import { METRICS_CONTENT_TYPE, type Metric, metricsText } from './metrics-text.ts'
import { type Overload, shedReads } from './overload.ts'
import { pageFiles } from './page-files.ts'
import { SECURITY_HEADERS, TLS_HEADERS } from './security-headers.ts'

export interface AppOptions extends RouteOptions, SessionOptions {
  readonly version: string
  /** The built page: dist/web. */
  readonly webDir: string
  /** The body of GET /api/health. */
  readonly health: () => Readonly<Record<string, unknown>>
  /** Sentences that say why requests cannot be served now; none when they can. */
  readonly notReady: () => readonly string[]
  readonly metrics: () => readonly Metric[]
  readonly overload: Overload
  readonly log: Logger
  /** The clock of rate limits, in ms; tests have their own. */
  readonly now?: () => number
}

export function createApp(options: AppOptions): Express {
  const { access, authenticator, version, basePath, health, notReady, metrics, overload, log } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', false) // Forwarded headers are access.ts's business.
  app.use((request, response, next) => {
    response.set(SECURITY_HEADERS)
    if (isEncrypted(access(), request)) response.set(TLS_HEADERS)
    next()
  })
  app.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').type('text/plain').send('ok\n')
  })
  app.get('/readyz', (_request, response) => {
    const why = notReady()
    const text = why.length === 0 ? 'ok' : why.join('\n')
    response
      .status(why.length === 0 ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .type('text/plain')
      .send(`${text}\n`)
  })
  app.use(['/api', '/metrics'], requireOurPage(access))
  app.use('/api/v1', loginRoute(options))
  // Behind the login, which has its own limits; whether it is ready is asked in front of both.
  app.use('/api', shedReads(overload))
  app.use(['/api', '/metrics'], requireCaller(access, authenticator, options.now))
  app.get('/metrics', (_request, response) => {
    response.set('Content-Type', METRICS_CONTENT_TYPE).send(metricsText(metrics()))
  })
  app.get('/api/health', (_request, response) => {
    response.json(health())
  })
  app.get('/api/openapi.json', (_request, response) => {
    response.json(openApiDocument(version, basePath))
  })
  app.use('/api/v1', sessionRoutes(options), operationRoutes(options))
  app.use('/api', (_request, response) =>
    sendProblem(response, 'NOT_FOUND', 'There is no such route. See /api/openapi.json.'),
  )
  app.use(pageFiles(options.webDir, basePath))
  app.use(explainFailure(log))
  return app
}

/** Express needs all four parameters to know that it is one. */
function explainFailure(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
    if (status === 413) return sendProblem(response, 'TOO_LARGE', 'The body is larger than this route takes.')
    if (status >= 400 && status < 500) return sendProblem(response, 'BAD_REQUEST', 'This request cannot be read.')
    // The path alone: queries may hold what people look at.
    log.error({ err: error, method: request.method, path: request.path }, 'request failed')
    sendProblem(response, 'INTERNAL', 'The gateway could not do this. Its log says why.')
  }
}
