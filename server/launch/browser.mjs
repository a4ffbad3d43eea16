// Finds a Chromium for the end-to-end tests, or gets one: an installed browser, else playwright's download,
// else the system's package manager. A browser counts only when it starts: a download can lack libraries.

import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { capture, ROOT, runStep, StepFailed } from './steps.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const START_TIMEOUT_MS = 30_000

/**
 * The path of a browser that starts. CHROME in the environment wins.
 * Throws StepFailed with what a person can do when there is none and none can be had.
 */
export async function ensureBrowser() {
  const named = process.env.CHROME
  if (named) {
    if (await starts(named)) return named
    throw new StepFailed(`CHROME=${named} does not start as a browser. Correct CHROME, or unset it.`)
  }
  const found = (await firstThatStarts(installedBrowsers())) ?? (await firstThatStarts([await downloadedPath()]))
  if (found !== null) return found

  const attempts = []
  for (const [label, command, args] of waysToInstall()) {
    try {
      await runStep(label, command, args)
    } catch (error) {
      attempts.push(error.message)
      continue
    }
    const installed = await firstThatStarts([...installedBrowsers(), await downloadedPath()])
    if (installed !== null) return installed
    attempts.push(`${label}: the browser is there but does not start; libraries of the system are missing.`)
  }
  throw new StepFailed(
    `No Chromium for the end-to-end tests.\n${attempts.join('\n')}\n` +
      'Do one of these, then run the same command again:\n' +
      '  · Debian, Ubuntu:  sudo apt-get install -y chromium\n' +
      '  · Fedora:          sudo dnf install -y chromium\n' +
      '  · macOS:           brew install --cask chromium\n' +
      '  · any:             set CHROME to the path of a Chromium or Chrome\n',
  )
}

/** Label, command and arguments of each way, the least intrusive first. */
function waysToInstall() {
  const playwright = join(ROOT, 'node_modules/@playwright/test/cli.js')
  const ways = [['downloading Chromium', process.execPath, [playwright, 'install', 'chromium']]]
  if (process.getuid?.() === 0) {
    ways.push(['updating package lists (apt-get)', 'apt-get', ['update']])
    ways.push(['installing chromium (apt-get)', 'apt-get', ['install', '-y', '--no-install-recommends', 'chromium']])
  }
  return ways
}

function installedBrowsers() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Where playwright keeps its download, there or not. */
async function downloadedPath() {
  const { chromium } = await import('@playwright/test')
  return chromium.executablePath()
}

async function firstThatStarts(paths) {
  for (const path of paths) if (await starts(path)) return path
  return null
}

async function starts(path) {
  try {
    await access(path, constants.X_OK)
  } catch {
    return false
  }
  // Not `--version`, which a wrapper script can answer alone: this loads the browser and a page.
  const probe = ['--headless', '--no-sandbox', '--disable-gpu', '--dump-dom', 'data:text/html,<p>started</p>']
  const { code, output } = await capture(path, probe, process.env, START_TIMEOUT_MS)
  return code === 0 && output.includes('started')
}
