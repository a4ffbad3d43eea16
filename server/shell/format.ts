// What the shell prints, in zkCli's forms. Data that could do something to a terminal is escaped.
// Source: StatPrinter, GetAclCommand, measured with 3.8.0.

import { tryUtf8Decode } from '#shared/base/text.ts'
import { type Acl, formatPerms } from '#shared/zk/acl.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { formatZxid } from '#shared/zk/zxid.ts'

export function formatStat(stat: Stat): string {
  return [
    `cZxid = ${formatZxid(stat.czxid)}`,
    `ctime = ${formatTime(stat.ctime)}`,
    `mZxid = ${formatZxid(stat.mzxid)}`,
    `mtime = ${formatTime(stat.mtime)}`,
    `pZxid = ${formatZxid(stat.pzxid)}`,
    `cversion = ${stat.cversion}`,
    `dataVersion = ${stat.version}`,
    `aclVersion = ${stat.aversion}`,
    `ephemeralOwner = ${formatSessionId(stat.ephemeralOwner)}`,
    `dataLength = ${stat.dataLength}`,
    `numChildren = ${stat.numChildren}`,
  ].join('\n')
}

export function formatAcl(acl: readonly Acl[]): string {
  return acl
    .map(({ scheme, id, perms }) => `'${escapeText(scheme)},'${escapeText(id)}\n: ${formatPerms(perms)}`)
    .join('\n')
}

/** As Java's Date prints itself: `Mon Nov 23 16:00:25 UTC 2026`, in the zone of this process. */
export function formatTime(ms: number): string {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ weekday: 'short', month: 'short', day: '2-digit', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  })
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  const time = `${at('hour')}:${at('minute')}:${at('second')}`
  return `${at('weekday')} ${at('month')} ${at('day')} ${time} ${at('timeZoneName')} ${at('year')}`
}

/** `null` for none. What is no UTF-8 comes as `\xNN`, a byte each; so do control characters, tab and line break apart. */
export function formatData(data: Uint8Array | null): string {
  if (data === null) return 'null'
  const whole = tryUtf8Decode(data)
  if (whole !== null) return escapeText(whole)
  let text = ''
  for (let at = 0; at < data.length; ) {
    const length = utf8Length(data[at] ?? 0)
    const character = tryUtf8Decode(data.subarray(at, at + length))
    text += character === null ? escapeByte(data[at] ?? 0) : escapeText(character)
    at += character === null ? 1 : length
  }
  return text
}

/** By its first byte; 1 for what can be no first byte. */
function utf8Length(byte: number): number {
  if (byte >= 0xf0) return 4
  if (byte >= 0xe0) return 3
  return byte >= 0xc0 ? 2 : 1
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

/** Control characters, and those that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be kept from terminals
const UNSAFE = /[\x00-\x08\x0b-\x1f\x7f-\x9f]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? escapeByte(code) : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** `[a, b]`, as Java prints a list. */
export function formatList(items: readonly string[]): string {
  return `[${items.map(escapeText).join(', ')}]`
}
