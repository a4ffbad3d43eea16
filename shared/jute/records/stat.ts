// The Stat that clients see, 68 bytes. Source: Stat of zookeeper.jute. The form on disk (StatPersisted)
// belongs to the snapshot file and is in server/storage.

import type { Stat } from '../../zk/stat.ts'
import type { JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'

export function readStat(reader: JuteReader): Stat {
  return {
    czxid: reader.zxid(),
    mzxid: reader.zxid(),
    ctime: reader.longNumber(),
    mtime: reader.longNumber(),
    version: reader.int(),
    cversion: reader.int(),
    aversion: reader.int(),
    ephemeralOwner: reader.sessionId(),
    dataLength: reader.int(),
    numChildren: reader.int(),
    pzxid: reader.zxid(),
  }
}

export function writeStat(writer: JuteWriter, stat: Stat): void {
  writer.zxid(stat.czxid)
  writer.zxid(stat.mzxid)
  writer.longNumber(stat.ctime)
  writer.longNumber(stat.mtime)
  writer.int(stat.version)
  writer.int(stat.cversion)
  writer.int(stat.aversion)
  writer.sessionId(stat.ephemeralOwner)
  writer.int(stat.dataLength)
  writer.int(stat.numChildren)
  writer.zxid(stat.pzxid)
}
