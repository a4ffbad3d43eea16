// A vitest reporter that writes counts, and the reason of each skipped test, to the file named in ZABSCOPE_TALLY.
// vitest's own JSON loses the reasons and the errors outside tests.

import { writeFileSync } from 'node:fs'

export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) {
      // A module or a describe can fail outside its tests: an import, a hook.
      tally.failed += module.errors().length
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') tally.passed += 1
        else if (result.state === 'skipped') tally.skipped.push({ name: test.fullName, reason: result.note ?? null })
        else tally.failed += 1
      }
    }
    writeFileSync(process.env.ZABSCOPE_TALLY, JSON.stringify(tally))
  }
}
