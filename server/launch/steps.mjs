// Runs one command of the bootstrap and shows that it is getting on: a line that counts seconds on a terminal,
// a line every few seconds elsewhere. What the command prints is kept and shown only when it fails.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const TERMINAL_TICK_MS = 500
const PLAIN_TICK_MS = 5_000
/** Output kept for the case of failure; the newest is the part that says why. */
const OUTPUT_BYTES_MAX = 256 * 1024

export class StepFailed extends Error {
  name = 'StepFailed'
}

/**
 * Runs `command` with `args` in the checkout and resolves when it exits with 0.
 * Throws StepFailed, its message holding the command's output, otherwise.
 */
export async function runStep(label, command, args, env = process.env) {
  const stop = showProgress(label)
  const { code, output } = await capture(command, args, env)
  stop(code === 0)
  if (code !== 0) throw new StepFailed(`${label}: \`${command} ${args.join(' ')}\` ended with ${code}\n${output}`)
}

/** Runs a command to its end: its exit code (or signal, or error text) and the end of its output. */
export function capture(command, args, env = process.env, timeoutMs = 0) {
  return new Promise((resolve) => {
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_BYTES_MAX)
    }
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    const release = endWithUs(child)
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => {
      release()
      resolve({ code: error.message, output })
    })
    child.on('close', (code, signal) => {
      release()
      resolve({ code: code ?? signal, output })
    })
  })
}

/** While a child runs, a signal that ends us ends it too. Returns how to stop caring. */
export function endWithUs(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const pass = (signal) => {
    child.kill(signal)
    process.exit(1)
  }
  for (const signal of signals) process.on(signal, pass)
  return () => {
    for (const signal of signals) process.off(signal, pass)
  }
}

/** Starts showing `label` with the seconds gone by; the returned function ends it. */
function showProgress(label) {
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  const onTerminal = process.stderr.isTTY
  const show = () => process.stderr.write(onTerminal ? `\r  … ${label}  ${seconds()} ` : `  … ${label}  ${seconds()}\n`)
  show()
  const timer = setInterval(show, onTerminal ? TERMINAL_TICK_MS : PLAIN_TICK_MS)
  return (succeeded) => {
    clearInterval(timer)
    process.stderr.write(`${onTerminal ? '\r' : ''}  ${succeeded ? '✓' : '✗'} ${label}  ${seconds()}   \n`)
  }
}
