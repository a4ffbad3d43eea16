// The built page: its assets for ever, its index for every place within it.

import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import express, { type Response, Router } from 'express'
import { sendProblem } from '../rest/problem.ts'

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000

/**
 * @param webDir dist/web
 * @param basePath where all of it is for browsers, without a slash at its end
 */
export function pageFiles(webDir: string, basePath: string): Router {
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
    else return sendIndex(response, join(webDir, 'index.html'), basePath)
  })
  return router
}

function noCache(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'no-cache')
}

/** Its files are beside it as it was built; from a place within the page they are below the base path. */
async function sendIndex(response: Response, file: string, basePath: string): Promise<void> {
  response.set('Cache-Control', 'no-store')
  const html = await readFile(file, 'utf8').catch(() => null)
  if (html === null) sendProblem(response, 'NOT_BUILT', 'The page is not built. Run `npm run build`, then reload.')
  else response.type('text/html').send(html.replaceAll(/(src|href)="\.\//g, `$1="${basePath}/`))
}
