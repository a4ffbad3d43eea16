// One server as a process: reads its configuration, runs until it is told to stop or cannot go on, and says
// with its exit code why. The command line above it only names the file.

import { crc32 } from 'node:zlib'
import { lendCrc32 } from '#shared/base/checksum.ts'
import { StorageError } from '../storage/storage-error.ts'
import { readSecret } from './auth/session-password.ts'
import { paceCollector } from './collector-pace.ts'
import { loadConfig } from './config/config.ts'
import { PortError } from './listening.ts'
import { createLogger, isLogLevel, LOG_LEVELS, type LogLevel, type MemberLogger } from './logging.ts'
import { type FatalPart, type RunningServer, startServer } from './server.ts'
import { TlsError } from './tls/key-material.ts'

/** ZooKeeper's exit codes, and one of ours: 11. Source: ExitCode, operations.md §3.4. */
export const EXIT_CODES = {
  ok: 0,
  unexpected: 1,
  invalidInvocation: 2,
  unusableData: 3,
  diskFailure: 10,
  diverged: 11,
  portTaken: 14,
} as const

const FATAL: Record<FatalPart, { readonly text: string; readonly code: number }> = {
  disk: { text: 'the disk has failed', code: EXIT_CODES.diskFailure },
  port: { text: 'the quorum port cannot be opened', code: EXIT_CODES.portTaken },
  tree: { text: 'this server’s tree is not the leader’s: it must not answer from it', code: EXIT_CODES.diverged },
}

/** A server that does not stop by itself within this is ended all the same. */
const STOP_TIMEOUT_MS = 10_000

export interface RunOptions {
  /** Left out: ZABSCOPE_LOG_LEVEL of the environment, else `info`. */
  readonly logLevel?: LogLevel
}

/**
 * Runs the server of a `zoo.cfg` until SIGTERM or SIGINT, or until it fails; resolves with the exit code, with which
 * the caller ends the process at once: after a failure sockets and timers are still there.
 * With ZABSCOPE_PARENT_PIPE=1 in the environment the process exits as soon as stdin ends: its parent is gone.
 */
export async function runServer(configPath: string, options: RunOptions = {}): Promise<number> {
  const level = options.logLevel ?? process.env.ZABSCOPE_LOG_LEVEL ?? 'info'
  if (!isLogLevel(level)) {
    createLogger(0, 'info').fatal(`ZABSCOPE_LOG_LEVEL=${level}: set it to one of ${LOG_LEVELS.join(', ')}`)
    return EXIT_CODES.invalidInvocation
  }
  const loaded = loadConfig(configPath)
  if (!loaded.ok) {
    const log = createLogger(0, level)
    for (const problem of loaded.error) log.fatal({ configPath }, problem)
    return EXIT_CODES.invalidInvocation
  }
  const config = loaded.value
  const log = createLogger(config.sid, level)
  const secret = config.secretFile === null ? null : readSecret(config.secretFile)
  if (secret && !secret.ok) {
    log.fatal(secret.error)
    return EXIT_CODES.invalidInvocation
  }
  if (secret === null && !config.standalone)
    log.warn(
      'no zabscope.secretFile: session passwords are the ones that anybody can compute from a session id; only an ' +
        'ensemble with Apache servers in it needs that',
    )
  for (const warning of config.warnings) log.warn(warning)
  watchParent(log)
  paceCollector()
  lendCrc32(crc32)
  // The next one brings the level of the start back.
  process.on('SIGUSR2', () => {
    log.level = log.level === 'debug' ? level : 'debug'
    log.info({ now: log.level }, 'log level')
  })
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'unexpected error')
    process.exit(EXIT_CODES.unexpected)
  })

  let end: (code: number) => void = () => undefined
  const ended = new Promise<number>((resolve) => {
    end = resolve
  })
  let server: RunningServer
  try {
    server = await startServer({
      config,
      secret: secret ? secret.value : null,
      log,
      onFatal(what, error) {
        const { text, code } = FATAL[what]
        log.fatal({ err: error }, text)
        end(code)
      },
    })
  } catch (error) {
    return startFailure(error, log)
  }
  const onSignal = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(EXIT_CODES.unexpected), STOP_TIMEOUT_MS).unref()
    server.stop().then(
      () => end(EXIT_CODES.ok),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed')
        end(EXIT_CODES.unexpected)
      },
    )
  }
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
  log.info({ ready: true, mode: config.standalone ? 'standalone' : 'ensemble', ...server.ports }, 'ready')
  const code = await ended
  log.info({ code }, 'stopped')
  return code
}

function startFailure(error: unknown, log: MemberLogger): number {
  if (error instanceof TlsError) {
    log.fatal(error.message)
    return EXIT_CODES.invalidInvocation
  }
  if (error instanceof PortError) {
    log.fatal(error.message)
    return EXIT_CODES.portTaken
  }
  if (error instanceof StorageError) {
    log.fatal(error.message)
    return EXIT_CODES.unusableData
  }
  log.fatal({ err: error }, 'the server could not start')
  return EXIT_CODES.unexpected
}

/** A parent that is killed cannot stop us; its end of the pipe closes all the same. */
function watchParent(log: MemberLogger): void {
  if (process.env.ZABSCOPE_PARENT_PIPE !== '1') return
  const exit = () => {
    log.warn('the parent process is gone')
    process.exit(EXIT_CODES.ok)
  }
  process.stdin.on('end', exit)
  process.stdin.on('error', exit)
  process.stdin.resume()
}
