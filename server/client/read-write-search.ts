// While connected to a read-only server: looks for one that can write, by asking each in turn `isro`. What follows when
// there is one is for session.ts. Source: ClientCnxn.SendThread.pingRwServer.

import type { Duplex } from 'node:stream'
import type { Dial } from './dial.ts'
import type { ServerAddress } from './server-list.ts'

const FIRST_MS = 100
const MAX_MS = 60_000
/** The word is `rw`, `ro` or `null`. */
const WORD_CHARS_MAX = 16

export interface SearchOptions {
  readonly servers: readonly ServerAddress[]
  readonly dial: Dial
  /** For one server to answer. */
  readonly timeoutMs: number
}

/** Asks one server after the other, ever more rarely, until one can write. Returns how to give up. */
export function searchReadWrite(options: SearchOptions, onFound: (server: ServerAddress) => void): () => void {
  const { servers } = options
  let pauseMs = FIRST_MS
  let at = 0
  let stopAsking: (() => void) | null = null
  let timer: NodeJS.Timeout | null = setTimeout(ask, pauseMs)

  function ask(): void {
    timer = null
    const server = servers[at % servers.length]
    at += 1
    if (!server) return
    stopAsking = askWhetherReadWrite(server, options, (canWrite) => {
      stopAsking = null
      if (canWrite) return onFound(server)
      // A round over all servers at one pace.
      if (at % servers.length === 0) pauseMs = Math.min(MAX_MS, pauseMs * 2)
      timer = setTimeout(ask, pauseMs)
    })
  }
  return () => {
    if (timer) clearTimeout(timer)
    timer = null
    stopAsking?.()
  }
}

/** Calls `onAnswer` once, unless it is given up with the function that this returns. */
function askWhetherReadWrite(
  server: ServerAddress,
  { dial, timeoutMs }: SearchOptions,
  onAnswer: (canWrite: boolean) => void,
): () => void {
  const stream = dialled(dial, server)
  if (stream === null) {
    const next = setImmediate(() => onAnswer(false))
    return () => clearImmediate(next)
  }
  let text = ''
  let over = false
  const timer = setTimeout(() => end(false), timeoutMs)
  const stop = (): void => {
    over = true
    clearTimeout(timer)
    stream.destroy()
  }
  function end(canWrite: boolean): void {
    if (over) return
    stop()
    onAnswer(canWrite)
  }
  stream.on('error', () => end(false))
  stream.on('close', () => end(false))
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (text.startsWith('rw')) end(true)
    else if (text.length >= WORD_CHARS_MAX) end(false)
  })
  stream.on('end', () => end(false))
  stream.write('isro')
  return stop
}

function dialled(dial: Dial, server: ServerAddress): Duplex | null {
  try {
    return dial(server)
  } catch {
    return null
  }
}
