// The command line's entry, built as dist/server/main.js. Exit codes: 0 done, 1 failed, 2 misused.

import { fileURLToPath } from 'node:url'
import { version } from '../../package.json'
import { HELP, readArguments } from './arguments.ts'

/** A path beside this built file, dist/server/main.js. */
function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function main(args: readonly string[]): Promise<number> {
  const command = readArguments(args)
  if (!command.ok) {
    console.error(command.error)
    return 2
  }
  switch (command.value.type) {
    case 'help':
      process.stdout.write(HELP)
      return 0
    case 'version':
      process.stdout.write(`zabscope ${version}\n`)
      return 0
    case 'up': {
      const { runUp } = await import('./up.ts')
      return runUp(command.value, {
        memberEntry: beside('member.js'),
        workloadEntry: beside('workload.js'),
        webDir: beside('../web'),
        version,
      })
    }
    case 'down': {
      const { runDown } = await import('./down.ts')
      return runDown(command.value.data, print)
    }
    case 'connect': {
      const { runConnect } = await import('./connect.ts')
      return runConnect(command.value, { webDir: beside('../web'), version })
    }
    case 'server': {
      const { runServer } = await import('../member/main.ts')
      return runServer(command.value.configPath)
    }
    case 'user':
    case 'audit': {
      const { runUserTool } = await import('./user-tool.ts')
      return runUserTool(command.value, print)
    }
    case 'log': {
      const { runLogTool } = await import('../storage/tools/log-tool.ts')
      return runLogTool(command.value, print)
    }
    case 'window': {
      const { runWindowTool } = await import('../gateway/history/window-tool.ts')
      return runWindowTool(command.value, (text) => void process.stdout.write(text))
    }
    case 'shell': {
      const { runShell } = await import('../shell/main.ts')
      return runShell(command.value, version)
    }
    case 'workload-help': {
      const { workloadHelp } = await import('./client-arguments.ts')
      process.stdout.write(workloadHelp(command.value.kind))
      return 0
    }
    case 'workload': {
      const [{ runWorkload }, { listenForStop }] = [await import('../workloads/run.ts'), await import('./stopping.ts')]
      const stop = listenForStop()
      stop.onImpatience(() => process.exit(1)) // a workload ends when we are gone
      return runWorkload({ ...command.value, entry: beside('workload.js'), print, stop: stop.asked })
    }
    case 'snapshot': {
      const { runSnapshotTool } = await import('../storage/tools/snapshot-tool.ts')
      return runSnapshotTool(command.value, print)
    }
  }
}

// A terminal that is gone must not turn into an exception while we stop.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  },
)
