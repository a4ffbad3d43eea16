// What the operating system says of processes: processor time, memory, and how busy the whole machine is. Only where
// there is a /proc, that is, on Linux.

import { readFileSync } from 'node:fs'

/** USER_HZ: a constant of Linux's interface, not of its configuration. */
const TICKS_PER_SECOND = 100
const BYTES_PER_KIB = 1024

/** Seconds of processor time of a process, user and system; null when it is gone. */
export function processorSeconds(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name may hold spaces and brackets; what follows it does not. utime and stime are fields 14 and 15.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return null
  }
}

export interface Memory {
  /** Resident now, in bytes. */
  readonly resident: number
  /** The most that it ever was. */
  readonly peak: number
}

export function memoryOf(pid: number): Memory | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8')
    const field = (name: string): number =>
      Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * BYTES_PER_KIB
    return { resident: field('VmRSS'), peak: field('VmHWM') }
  } catch {
    return null
  }
}

export interface Machine {
  /** Seconds of all processors since the start, in work and in all. */
  readonly busy: number
  readonly total: number
}

export function machineSeconds(): Machine {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  // user nice system idle iowait irq softirq steal; guest time is part of user time.
  const fields = line.trim().split(/\s+/).slice(1, 9).map(Number)
  const total = fields.reduce((sum, value) => sum + value, 0)
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0)
  return { busy: (total - idle) / TICKS_PER_SECOND, total: total / TICKS_PER_SECOND }
}
