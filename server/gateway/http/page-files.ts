// The built page: its assets for ever, its index for every place within it.

import { existsSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import express, { type Response, Router } from 'express'
import { sendProblem } from '../rest/problem.ts'

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** @param webDir dist/web */
export function pageFiles(webDir: string): Router {
  const router = Router()
  router.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') next()
    else sendProblem(response, 'METHOD', 'Only GET is answered here; see /api/openapi.json.')
  })
  // Hashed names never change their content; everything else is asked for again.
  router.use('/assets', express.static(join(webDir, 'assets'), { immutable: true, maxAge: ONE_YEAR_MS, index: false }))
  router.use(express.static(webDir, { index: false, cacheControl: false, setHeaders: noCache }))
  router.use((request, response) => {
    if (extname(request.path) !== '') sendProblem(response, 'NOT_FOUND', 'There is no such file.')
    else sendIndex(response, join(webDir, 'index.html'))
  })
  return router
}

function noCache(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'no-cache')
}

function sendIndex(response: Response, file: string): void {
  response.set('Cache-Control', 'no-store')
  if (existsSync(file)) response.sendFile(file, { cacheControl: false, dotfiles: 'allow' })
  else sendProblem(response, 'NOT_BUILT', 'The page is not built. Run `npm run build`, then reload.')
}
