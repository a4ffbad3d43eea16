// The texts of the files that hold an ensemble's configuration: zoo.cfg.dynamic.<version>, zoo.cfg.dynamic.next, and
// zoo.cfg itself when its server lines move out of it. Reading and writing them is left to others.
// Source: QuorumPeerConfig.writeDynamicConfig, editStaticConfig, getVersionFromFilename.

import { formatServer, type QuorumConfig } from '#shared/zk/quorum-config.ts'
import { formatZxid, parseZxid, type Zxid } from '#shared/zk/zxid.ts'
import { logicalLines, splitEntry } from './properties.ts'

/** `zoo.cfg.dynamic.100000000` */
export function dynamicConfigPath(configPath: string, version: Zxid): string {
  return `${configPath}.dynamic.${hexOf(version)}`
}

export function nextConfigPath(configPath: string): string {
  return `${configPath}.dynamic.next`
}

export function backupPath(configPath: string): string {
  return `${configPath}.bak`
}

function hexOf(version: Zxid): string {
  return formatZxid(version).slice(2)
}

/** What stands behind the last dot, if it is a hexadecimal number. */
export function versionOfFileName(path: string): Zxid | null {
  const hex = /\.([0-9a-f]{1,16})$/i.exec(path)?.[1]
  return hex === undefined ? null : parseZxid(`0x${hex}`)
}

/** Sorted lines, without a newline at the end; `zoo.cfg.dynamic.next` has its version in it, the others in their names. */
export function dynamicText(config: QuorumConfig, withVersion: boolean): string {
  const lines = [...config.servers.values()].map(formatServer)
  if (withVersion) lines.push(`version=${hexOf(config.version)}`)
  return lines.sort().join('\n')
}

const MOVED = /^(server\.|group|weight|dynamicConfigFile|peerType)/
const CLIENT_ADDRESS = /^clientPort(Address)?$/

/**
 * zoo.cfg without what the dynamic file says now, and with a line that names that file. Comments and the order of lines
 * stay, which ZooKeeper's own edit loses. `eraseClientAddress`: the server lines have it.
 */
export function editStaticText(text: string, dynamicPath: string, eraseClientAddress: boolean): string {
  const kept: string[] = []
  for (const line of text.split(/(?<=\n)/)) kept.push(line)
  const lines = joined(kept).filter((line) => {
    const logical = logicalLines(line)[0]
    if (logical === undefined) return true
    const [key] = splitEntry(logical)
    return !MOVED.test(key) && !(eraseClientAddress && CLIENT_ADDRESS.test(key))
  })
  const rest = lines.join('')
  const end = rest === '' || rest.endsWith('\n') ? '' : '\n'
  return `${rest}${end}dynamicConfigFile=${dynamicPath.replaceAll('\\', '\\\\')}\n`
}

/** Lines that end in a backslash go with the next one, unless they are comments. */
function joined(lines: readonly string[]): string[] {
  const whole: string[] = []
  let open = false
  for (const line of lines) {
    if (open) whole[whole.length - 1] += line
    else whole.push(line)
    const isComment: boolean = !open && /^[ \t\f]*[#!]/.test(line)
    const backslashes = /(\\*)\r?\n?$/.exec(line)?.[1]?.length ?? 0
    open = !isComment && backslashes % 2 === 1
  }
  return whole
}
