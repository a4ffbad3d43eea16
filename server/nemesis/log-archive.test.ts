import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { archiveOf, LogArchive } from './log-archive.ts'

let dir = ''
let log = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'log-archive-'))
  mkdirSync(join(dir, 'member-1/version-2'), { recursive: true })
  log = join(dir, 'member-1/version-2/log.1')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** The text of each kept file, sorted. */
function kept(): string[] {
  const archive = archiveOf(join(dir, 'archive'), 1)
  return readdirSync(archive)
    .map((name) => readFileSync(join(archive, name), 'utf8'))
    .sort()
}

test('keeps what is written later to a log that is removed, and a second log of the same name beside it', () => {
  const archive = new LogArchive([{ sid: 1, dir: join(dir, 'member-1') }], join(dir, 'archive'))
  try {
    writeFileSync(log, 'first')
    writeFileSync(join(dir, 'member-1/version-2/snapshot.0'), 'no log')
    archive.look()
    appendFileSync(log, ', and more')
    rmSync(log)
    archive.look()
    writeFileSync(log, 'second')
  } finally {
    archive.close()
  }
  expect(kept()).toEqual(['first, and more', 'second'])
})

test('a member without data yet has nothing to keep', () => {
  const archive = new LogArchive([{ sid: 1, dir: join(dir, 'member-9') }], join(dir, 'archive'))
  archive.close()
  expect(kept()).toEqual([])
})
