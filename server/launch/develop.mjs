// What `npm run dev` runs once packages and a first build are there. The running program is a child here, unlike in
// `npm start`, because it is replaced at every change.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build, createServer } from 'vite'
import { endWithUs, ROOT } from './steps.mjs'

const MAIN = join(ROOT, 'dist/server/main.js')
const URL_PRINTED = /(https?:\/\/[^\s/]+)\/(\S*#token=\S+)/

/** Runs until it is stopped. `args` go to `zabscope up`. */
export async function develop(args) {
  const page = new DevelopmentPage()
  const program = new Program(args, (origin, rest) => page.follow(origin, rest))
  const watcher = await build({
    configFile: join(ROOT, '.config/vite.server.config.ts'),
    logLevel: 'warn',
    // Emptying would take main.js from under a member that is just being started.
    build: { watch: {}, emptyOutDir: false },
  })
  watcher.on('event', (event) => {
    if (event.code === 'ERROR') console.error(`\n${event.error.message}\nThe previous build goes on running.`)
    if (event.code === 'BUNDLE_END') {
      event.result?.close()
      program.restart()
    }
  })
}

/** `zabscope up`, one at a time. */
class Program {
  constructor(args, onUrl) {
    this.args = args
    this.onUrl = onUrl
    this.child = null
    this.release = null
    this.turn = Promise.resolve()
  }

  /** Ends the running one, if any, and starts the newest build. */
  restart() {
    this.turn = this.turn.then(async () => {
      await this.end()
      this.start()
    })
  }

  start() {
    const child = spawn(process.execPath, [MAIN, 'up', ...this.args], {
      cwd: ROOT,
      stdio: ['inherit', 'pipe', 'inherit'],
    })
    this.child = child
    this.release = endWithUs(child)
    let printed = ''
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk)
      if (printed === null) return
      printed += chunk
      const [, origin, rest] = URL_PRINTED.exec(printed) ?? []
      if (rest === undefined) return
      printed = null
      this.onUrl(origin, rest)
    })
  }

  async end() {
    const { child, release } = this
    if (child === null) return
    this.child = null
    release()
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
}

/** The page with hot reload, in front of whatever origin the gateway has now. */
class DevelopmentPage {
  constructor() {
    this.origin = null
    this.server = null
  }

  async follow(origin, rest) {
    if (origin !== this.origin) {
      await this.server?.close()
      this.origin = origin
      // The gateway checks Host and Origin: to it, requests must look as if they came from its own page.
      const own = { target: origin, changeOrigin: true, headers: { origin } }
      this.server = await createServer({
        configFile: join(ROOT, 'web/vite.config.ts'),
        server: { host: '127.0.0.1', proxy: { '/socket.io': { ...own, ws: true }, '/api': own } },
      })
      await this.server.listen()
    }
    const [page] = this.server.resolvedUrls.local
    console.log(`\nDevelopment page, reloads on change:  ${page}${rest}\n`)
  }
}
