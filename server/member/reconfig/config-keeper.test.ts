import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseQuorumConfig } from '#shared/zk/config-text.ts'
import { asSid } from '#shared/zk/ids.ts'
import type { QuorumConfig } from '#shared/zk/quorum-config.ts'
import { createConfigKeeper } from './config-keeper.ts'

let dir: string
let cfg: string
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'keeper-'))
  cfg = path.join(dir, 'zoo.cfg')
  fs.writeFileSync(cfg, '# ours\nclientPort=2181\nserver.1=h1:1:2\n', { mode: 0o640 })
})
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }))

function config(text: string): QuorumConfig {
  const parsed = parseQuorumConfig(text)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

function files(): Record<string, string> {
  const names = fs.readdirSync(dir).sort()
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(dir, name), 'utf8')]))
}

test('a configuration in force, one that is agreed on, and the file as it was', async () => {
  const keeper = createConfigKeeper(cfg, asSid(1))
  const before = fs.readFileSync(cfg, 'utf8')
  await keeper.backUp()
  await keeper.saveNext(config('server.2=h2:1:2:observer;5\nserver.1=h1:1:2;3\nversion=100000004'))
  const one = 'server.1=h1:1:2:participant;0.0.0.0:3'
  const two = 'server.2=h2:1:2:observer;0.0.0.0:5'
  expect(files()).toEqual({
    'zoo.cfg': before,
    'zoo.cfg.bak': before,
    'zoo.cfg.dynamic.next': `${one}\n${two}\nversion=100000004`,
  })
  await keeper.save(config(`${one}\n${two}\nversion=100000004`))
  await keeper.saveNext(null)
  await keeper.saveNext(null)
  expect(files()).toEqual({
    'zoo.cfg': `# ours\ndynamicConfigFile=${cfg}.dynamic.100000004\n`,
    'zoo.cfg.bak': before,
    'zoo.cfg.dynamic.100000004': `${one}\n${two}`,
  })
  expect(fs.statSync(cfg).mode & 0o777).toBe(0o640)
})

test('the client port stays in the static file while only that names it', async () => {
  const keeper = createConfigKeeper(cfg, asSid(1))
  await keeper.save(config('server.1=h1:1:2\nversion=1'))
  expect(fs.readFileSync(cfg, 'utf8')).toContain('clientPort=2181\n')
})

test('a directory that cannot be written to is told at once', async () => {
  const keeper = createConfigKeeper(path.join(dir, 'gone', 'zoo.cfg'), asSid(1))
  await expect(keeper.backUp()).rejects.toThrow('ENOENT')
  await expect(keeper.save(config('server.1=h1:1:2\nversion=1'))).rejects.toThrow('ENOENT')
})
