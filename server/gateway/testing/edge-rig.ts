// The gateway's edge with services over an ensemble in memory, on a real port: for tests of what it lets in.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { BlockList } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express } from 'express'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import type { About } from '#shared/events/socket-protocol.ts'
import { type Access, makeAccess } from '../access.ts'
import { describeHandlers } from '../api/describe.ts'
import type { Handlers } from '../api/handlers.ts'
import { Performer } from '../api/perform.ts'
import { ACTION_NAMES } from '../api/table.ts'
import { Authenticator } from '../auth/authenticator.ts'
import { History } from '../history.ts'
import { createApp } from '../http/app.ts'
import { Overload } from '../http/overload.ts'
import { createHttpServer, guardEdge, type Patience } from '../http-server.ts'
import type { PageClient } from '../page-client.ts'
import { attachSockets, type Sockets } from '../sockets.ts'
import { TreeService } from '../tree-service.ts'
import { FakeAudit } from './fake-audit.ts'
import { FakeEnsemble } from './fake-ensemble.ts'
import { oneCluster } from './one-cluster.ts'

/** What a password's hash costs here. */
export const TEST_COST = { N: 2 ** 14, r: 8, p: 1 }

const ABOUT: About = {
  version: 't',
  cluster: { id: 'one', kind: 'embedded' },
  clusterName: 't',
  dataDir: '/t',
  connectString: '',
  serverTimeMs: 0,
  gatewaySession: null,
  formerGatewaySessions: [],
  load: { requests: 0, watches: 0, bytesSent: 0, bytesReceived: 0 },
}

export interface RigOptions {
  readonly basePath?: string
  readonly publicOrigins?: readonly string[]
  readonly proxies?: readonly string[]
  /** The text of a user file. */
  readonly users?: string
  /** The clock of logins, as Date.now. */
  readonly loginNow?: () => number
  /** The clock of rate limits. */
  readonly now?: () => number
  readonly overload?: Overload
  /** How long a request may take to arrive. */
  readonly patience?: Patience
  /** Handlers instead of ones that answer null. */
  readonly handlers?: Partial<Handlers>
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it says itself.
  readonly json: any
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A text as it is; anything else as JSON. */
  readonly body?: unknown
}

export interface Rig {
  readonly port: number
  readonly access: Access
  readonly app: Express
  readonly audit: FakeAudit
  readonly ensemble: FakeEnsemble
  readonly sockets: Sockets
  readonly userFile: string
  readonly webDir: string
  /** Requests that were carried out, with who asked. */
  readonly done: { readonly name: string; readonly client: PageClient; readonly request: unknown }[]
  /** Everything written to the log. */
  readonly logLines: string[]
  notReady: readonly string[]
  ask(path: string, asking?: Asking): Promise<Reply>
  page(auth: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>, path?: string): Socket
  close(): Promise<void>
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { basePath = '', publicOrigins = [], proxies = [], users } = options
  const webDir = mkdtempSync(join(tmpdir(), 'zabscope-edge-'))
  mkdirSync(join(webDir, 'assets'))
  writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>page</title><script src="./assets/x.js"></script>')
  const userFile = join(webDir, 'users.json')
  if (users !== undefined) writeFileSync(userFile, users)
  const list = new BlockList()
  for (const address of proxies) list.addAddress(address)
  const accessOptions = { publicOrigins, proxies: list }
  const [audit, ensemble, done, logLines]: [FakeAudit, FakeEnsemble, Rig['done'], string[]] = [
    new FakeAudit(),
    new FakeEnsemble(),
    [],
    [],
  ]
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) })
  let access = makeAccess(0, accessOptions)
  const tree = new TreeService(ensemble, () => null)
  const counting = Object.fromEntries(
    ACTION_NAMES.map((name) => [
      name,
      async (client: PageClient, asked: unknown) => {
        done.push({ name, client, request: asked })
        return null
      },
    ]),
  ) as unknown as Handlers
  const handlers: Handlers = { ...counting, ...describeHandlers(), ...tree.handlers, ...options.handlers }
  const performer = new Performer({ scopeOf: () => ({ cluster: 'one', handlers }), audit, log })
  const authenticator = new Authenticator({
    access: () => access,
    audit,
    userFile: users === undefined ? null : userFile,
    onProblem: (sentence) => log.error(sentence),
    ...(options.loginNow ? { now: options.loginNow } : {}),
    cost: TEST_COST,
  })
  const onGone = (client: PageClient): void => tree.forgetAll(client)
  const overload = options.overload ?? new Overload()
  const edge = { access: () => access, authenticator, performer, overload, log }
  const app = createApp({
    ...edge,
    onGone,
    version: 't',
    webDir,
    basePath,
    audit,
    ...(options.now ? { now: options.now } : {}),
    health: () => ({ fine: true }),
    notReady: () => rig.notReady,
    metrics: () => [{ name: 'zabscope_x', help: 'X.', type: 'gauge', samples: [{ labels: { a: '"' }, value: 1 }] }],
  })
  const server = createHttpServer(app, options.patience)
  const sockets = attachSockets({ ...edge, server, clusters: oneCluster(new History(), () => ABOUT, onGone) })
  const mayEnter = (token: string): boolean => authenticator.identify({ token, cookie: null }) !== null
  guardEdge(server, { access: () => access, mayEnter, basePath })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  access = makeAccess(port, accessOptions)
  const clients: Socket[] = []
  const rig: Rig = {
    port,
    access,
    app,
    audit,
    ensemble,
    sockets,
    userFile,
    webDir,
    done,
    logLines,
    notReady: [],
    ask: (path, asking) => ask(port, path, asking),
    page: (auth, headers = {}, path = `${basePath}/socket.io/`) => {
      const origin = `http://127.0.0.1:${port}`
      const client = io(origin, {
        path,
        transports: ['websocket'],
        auth,
        extraHeaders: { Origin: origin, ...headers },
        reconnection: false,
        forceNew: true,
      })
      clients.push(client)
      return client
    },
    close: async () => {
      for (const client of clients) client.disconnect()
      authenticator.close()
      overload.close()
      await sockets.close()
      server.closeAllConnections()
      rmSync(webDir, { recursive: true, force: true })
    },
  }
  return rig
}

function ask(port: number, path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
    const type: Record<string, string> = text === undefined ? {} : { 'Content-Type': 'application/json' }
    const length: Record<string, string> =
      text === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      headers: { ...type, ...length, ...headers },
    })
    asked.on('error', reject)
    asked.on('response', (response) => {
      let said = ''
      response.on('data', (chunk) => {
        said += String(chunk)
      })
      response.on('end', () => {
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        const json: unknown = isJson ? JSON.parse(said) : null
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: said, json })
      })
    })
    asked.end(text)
  })
}

/** Resolves when the page is in; rejects with what the gateway said. */
export function connected(client: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    client.on('connect', resolve)
    client.on('connect_error', reject)
  })
}
