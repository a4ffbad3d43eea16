// What a test step came to, as { passed, failed, skipped: [{ name, reason }] }, from the files that the runners
// write. A step that ends badly without saying why counts as one failed test, so that nothing red ends green.

import { readFileSync } from 'node:fs'

export function emptyTally() {
  return { passed: 0, failed: 0, skipped: [] }
}

/** The sum of several. */
export function sum(tallies) {
  return {
    passed: tallies.reduce((count, tally) => count + tally.passed, 0),
    failed: tallies.reduce((count, tally) => count + tally.failed, 0),
    skipped: tallies.flatMap((tally) => tally.skipped),
  }
}

/** A step that is a single test: types, lint. */
export function tallyOfExit(code) {
  return code === 0 ? { passed: 1, failed: 0, skipped: [] } : { passed: 0, failed: 1, skipped: [] }
}

/** The file that tally-reporter.mjs wrote. */
export function readVitestTally(file, code) {
  return judge(readJson(file), code)
}

/** The file of playwright's json reporter. A flaky test passed only on a second try: that is a failure. */
export function readPlaywrightTally(file, code) {
  const report = readJson(file)
  if (report === null) return judge(null, code)
  const { expected, unexpected, flaky } = report.stats
  const skipped = []
  const walk = (suite, titles) => {
    for (const child of suite.suites ?? []) walk(child, [...titles, child.title])
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status !== 'skipped') continue
        const reason = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description ?? null
        skipped.push({ name: [...titles, spec.title].join(' › '), reason })
      }
    }
  }
  for (const suite of report.suites) walk(suite, [suite.title])
  return judge({ passed: expected, failed: unexpected + flaky, skipped }, code)
}

/** `2 passed, 0 failed` and, only when there are any, `, 1 skipped`. */
export function formatTally({ passed, failed, skipped }) {
  const counts = `${passed} passed, ${failed} failed`
  return skipped.length > 0 ? `${counts}, ${skipped.length} skipped` : counts
}

/** One failure more when the step failed and its own tally does not show it, or when there is no tally. */
function judge(tally, code) {
  if (tally === null) return { passed: 0, failed: 1, skipped: [] }
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
