import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { lockDirectory } from './lock.ts'

/** Fields of /proc/<pid>/stat behind the command: the first is the state, the twentieth the start time. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

test.skipIf(process.platform !== 'linux')(
  'a killed holder that nobody has waited for yet has lost its lock',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lock-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    // The shell becomes a program that never waits for its children.
    const parent = spawn('sh', ['-c', 'sleep 100 & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const [line] = await once(parent.stdout, 'data')
    const pid = Number(String(line))
    onTestFinished(() => void process.kill(pid, 'SIGKILL'))
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    writeFileSync(join(dir, 'zabscope.lock'), JSON.stringify({ pid, birth: `${boot} ${statFields(pid)[19]}` }))

    await expect(lockDirectory(dir)).rejects.toThrow(`in use by process ${pid}`)
    await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim()).toBe('sleep'))
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(statFields(pid)[0]).toBe('Z'))
    const lock = await lockDirectory(dir)
    expect(JSON.parse(readFileSync(join(dir, 'zabscope.lock'), 'utf8')).pid).toBe(process.pid)
    await lock.release()
  },
)
