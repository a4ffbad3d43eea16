// `zabscope shell`: one command, lines from a pipe, or somebody at a terminal. Exit codes: 0 done, 1 failed, 2 misused.

import { createInterface, type Interface } from 'node:readline'
import { complete } from './completion.ts'
import { errorText } from './error-text.ts'
import { HISTORY_LINES_MAX, historyFile, readHistory, writeHistory } from './history.ts'
import { type Outcome, Shell } from './shell.ts'

export interface ShellCommand {
  readonly servers: string
  readonly sessionTimeoutMs: number
  readonly readOnly: boolean
  /** One command, in words; none for a shell that stays. */
  readonly words: readonly string[]
}

const EXIT_CODES: Record<Outcome, number> = { done: 0, failed: 1, misused: 2 }

/** Resolves with the exit code. */
export async function runShell(command: ShellCommand, version: string): Promise<number> {
  const stays = command.words.length === 0
  const atTerminal = stays && process.stdin.isTTY === true && process.stdout.isTTY === true
  let terminal: Interface | null = null
  /** Above the line that is being typed, which then stands below. */
  const say = (stream: NodeJS.WriteStream, text: string) => {
    const typing = terminal !== null && idle
    if (typing) stream.write('\r\x1b[K')
    stream.write(`${text}\n`)
    if (typing) terminal?.prompt(true)
  }
  let idle = false
  const shell = new Shell({
    sessionTimeoutMs: command.sessionTimeoutMs,
    readOnly: command.readOnly,
    version,
    stays,
    printsStates: atTerminal,
    out: (text) => say(process.stdout, text),
    err: (text) => say(process.stderr, text),
  })
  if (atTerminal)
    process.stdout.write(
      `Connecting to ${command.servers}\nWelcome to the shell of Zabscope; help lists the commands.\n`,
    )
  try {
    await shell.connect(command.servers)
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`)
    if (!atTerminal) return 1
  }
  try {
    if (!stays) return EXIT_CODES[await shell.runWords(command.words)]
    if (!atTerminal) return await runPiped(shell)
    return await runTerminal(shell, (opened, isIdle) => {
      terminal = opened
      idle = isIdle
    })
  } finally {
    await shell.close()
  }
}

/** To the end, whatever fails: 1 when something did. */
async function runPiped(shell: Shell): Promise<number> {
  let code = 0
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if ((await shell.runLine(line)) !== 'done') code = 1
    if (shell.isOver) break
  }
  return code
}

/** @param onState told which terminal there is and whether it waits for somebody to type */
async function runTerminal(
  shell: Shell,
  onState: (terminal: Interface | null, idle: boolean) => void,
): Promise<number> {
  const file = historyFile()
  let lines = readHistory(file)
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    historySize: HISTORY_LINES_MAX,
    history: [...lines].reverse(),
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) => {
      void complete(line, shell.session).then((found) => done(null, found))
    },
  })
  const prompt = () => {
    terminal.setPrompt(shell.prompt)
    onState(terminal, true)
    terminal.prompt()
  }
  terminal.on('history', (newestFirst: string[]) => {
    lines = [...newestFirst].reverse()
  })
  // Ctrl-C throws away what was typed, and leaves when nothing was.
  terminal.on('SIGINT', () => {
    if (terminal.line === '') terminal.close()
    else {
      process.stdout.write('^C\n')
      terminal.write(null, { ctrl: true, name: 'e' })
      terminal.write(null, { ctrl: true, name: 'u' })
    }
  })
  prompt()
  for await (const line of terminal) {
    onState(terminal, false)
    await shell.runLine(line)
    if (shell.isOver) break
    prompt()
  }
  onState(null, false)
  terminal.close()
  try {
    writeHistory(file, lines)
  } catch (error) {
    process.stderr.write(`The history could not be kept: ${errorText(error)}\n`)
  }
  return 0
}
