// Runs `zabscope log` or `zabscope snapshot`: each path in turn. What is printed goes through `print`, a line a call.

import fs from 'node:fs'
import { resolve } from 'node:path'
import { inspectDirectory } from './directory-tool.ts'
import { inspectLog, type Print, rebuildLog, summaryLines } from './log-tool.ts'
import { inspectSnapshot, rebuildSnapshot, snapshotLines } from './snapshot-tool.ts'
import type { ToolOptions } from './tool-arguments.ts'

/** Resolves with the exit code: 1 when something is damaged, unreadable, or could not be written. */
export async function runTool(options: ToolOptions, print: Print): Promise<number> {
  let code = 0
  for (const path of options.paths) {
    try {
      if (!(await runOne(path, options, print))) code = 1
    } catch (error) {
      print(`zabscope ${options.kind}: ${error instanceof Error ? error.message : String(error)}`)
      code = 1
    }
  }
  return code
}

async function runOne(path: string, options: ToolOptions, print: Print): Promise<boolean> {
  if (fs.statSync(path).isDirectory()) {
    if (options.rebuild !== null) throw new Error('--rebuild takes a file, not a directory')
    return inspectDirectory(resolve(path), options, print)
  }
  const file = resolve(path)
  const each = options.verify || options.stats || options.rebuild !== null ? null : print
  if (options.rebuild !== null && fs.existsSync(options.rebuild))
    throw new Error(`${options.rebuild} is there already: --rebuild writes a new file only`)
  if (options.kind === 'log') {
    const summary = await inspectLog(file, options, each)
    for (const line of summaryLines(summary, options.json)) print(line)
    if (options.rebuild !== null) print(rebuildLog(file, options.rebuild))
    return summary.damage.length === 0
  }
  const summary = await inspectSnapshot(file, options, each)
  for (const line of snapshotLines(summary, options.json)) print(line)
  if (options.rebuild !== null) print(await rebuildSnapshot(file, options.rebuild))
  return summary.damage.length === 0
}
