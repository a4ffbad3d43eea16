// What a server sends when a watch fires: a reply header with the xid of notifications, then a WatcherEvent.
// Source: WatcherEvent of zookeeper.jute, client-protocol.md §4–5.

import { XIDS } from '../../zk/op.ts'
import { KEEPER_STATE_SYNC_CONNECTED, WATCH_EVENT_TYPES, type WatchEvent, type WatchEventType } from '../../zk/watch.ts'
import type { Zxid } from '../../zk/zxid.ts'
import { DecodeError, type JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'
import { writeReplyHeader } from './header.ts'

const EVENT_TYPES = new Map<number, WatchEventType>(
  // The keys of WATCH_EVENT_TYPES are WatchEventType by definition; Object.entries forgets that.
  Object.entries(WATCH_EVENT_TYPES).map(([name, code]) => [code, name as WatchEventType]),
)

/** Header and event, without the frame's length. `zxid` is NO_ZXID up to 3.8, the txn's from 3.9 on. */
export function writeWatchEvent(writer: JuteWriter, zxid: Zxid, event: WatchEvent): void {
  writeReplyHeader(writer, XIDS.notification, zxid, 0)
  writer.int(WATCH_EVENT_TYPES[event.type])
  writer.int(KEEPER_STATE_SYNC_CONNECTED)
  writer.ustring(event.path)
}

/** Reads what follows a reply header whose xid is XIDS.notification. Throws DecodeError. */
export function readWatchEvent(reader: JuteReader): WatchEvent {
  const code = reader.int()
  const type = EVENT_TYPES.get(code)
  if (type === undefined) throw new DecodeError(`a watch event of unknown type ${code}`)
  reader.int() // the KeeperState: servers only say that we are connected
  return { type, path: reader.string() }
}
