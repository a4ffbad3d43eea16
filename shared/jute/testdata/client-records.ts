// Records of the client port: connect, requests, replies, watch events. Recorded bytes first, then what could
// not be recorded, laid by hand. For tests only.

import { OP_CODES } from '../../zk/op.ts'
import type { ReplyBody } from '../../zk/reply.ts'
import { makeZxid, NO_ZXID, type Zxid } from '../../zk/zxid.ts'
import { JuteReader } from '../reader.ts'
import {
  type ClientFrame,
  decodeClientFrame,
  writeAuthPacket,
  writeRequest,
  writeSaslRequest,
} from '../records/client-frame.ts'
import {
  readConnectRequest,
  readConnectResponse,
  writeConnectRequest,
  writeConnectResponse,
} from '../records/connect.ts'
import { type ReplyHeader, readReplyHeader, writeRequestHeader } from '../records/header.ts'
import { readReply, writeReply } from '../records/reply.ts'
import { readWatchEvent, writeWatchEvent } from '../records/watch-event.ts'
import type { JuteWriter } from '../writer.ts'
import { all, buf, byte, int, lay, long, OPEN, str, vec } from './lay.ts'
import { framedKind, type RecordKind, type Sample, unframed } from './record-kind.ts'
import { CLIENT_VECTORS, vector } from './vectors.ts'

/** Requests that a server cannot decode; what Apache answers to them is recorded, too. */
export const UNDECODABLE = CLIENT_VECTORS.filter((v) =>
  ['multi.mixed.req', 'getData.undecodable.req', 'setWatches.null.req', 'setWatches2.null.req'].includes(v.id),
)
const requests = CLIENT_VECTORS.filter((v) => /^(?!connect\.).*\.req$/.test(v.id) && !UNDECODABLE.includes(v))
const replies = CLIENT_VECTORS.filter((v) => /^(?!connect\.).*\.rsp$/.test(v.id))
const events = CLIENT_VECTORS.filter((v) => /\.notify$|^notify\./.test(v.id))

function recorded(...ids: string[]): Sample[] {
  return unframed(ids.map((id) => ({ id, bytes: vector(id) })))
}

const connectRequest = framedKind({
  name: 'ConnectRequest',
  samples: [
    ...recorded('connect.req.new', 'connect.req.old'),
    {
      id: 'a session moves, by hand',
      bytes: lay(int(0), long(0x700000009n), int(30_000), long(0xff00000000000001n), buf([1, 2]), byte(1)),
      value: {
        protocolVersion: 0,
        lastZxidSeen: makeZxid(7, 9),
        timeoutMs: 30_000,
        sessionId: 0xff00000000000001n,
        passwd: Uint8Array.of(1, 2),
        readOnly: true,
      },
    },
    {
      id: 'no password, by hand',
      bytes: lay(int(0), long(0), int(-1), long(0), buf(null), byte(0)),
      value: { protocolVersion: 0, lastZxidSeen: 0, timeoutMs: -1, sessionId: 0n, passwd: null, readOnly: false },
    },
  ],
  read: (bytes) => readConnectRequest(new JuteReader(bytes)),
  write: writeConnectRequest,
  // Clients older than 3.4 have no readOnly.
  shorter: (value, end, whole) =>
    value.readOnly !== null && end === whole.length - 1 ? { ...value, readOnly: null } : undefined,
  junkMatters: (value) => value.readOnly === null,
})

const connectResponse = framedKind({
  name: 'ConnectResponse',
  samples: recorded('connect.rsp.new', 'connect.rsp.old', 'connect.rsp.expired'),
  read: (bytes) => readConnectResponse(new JuteReader(bytes)),
  write: writeConnectResponse,
  shorter: (value, end, whole) =>
    value.readOnly !== null && end === whole.length - 1 ? { ...value, readOnly: null } : undefined,
  junkMatters: (value) => value.readOnly === null,
})

const request = framedKind<ClientFrame>({
  name: 'RequestHeader with a request',
  samples: [
    ...unframed(requests.filter(({ id }) => id !== 'unknownOp.req')),
    { id: 'unknownOp.req', bytes: vector('unknownOp.req').subarray(4), readOnly: 'its body is not kept' },
    {
      id: 'reconfig with all three lists, by hand',
      bytes: lay(int(1), int(16), str('server.4=h:1:2'), str('3'), str(null), long(-1)),
      value: {
        type: 'request',
        xid: 1,
        op: 16,
        request: {
          type: 'reconfig',
          joiningServers: 'server.4=h:1:2',
          leavingServers: '3',
          newMembers: null,
          curConfigId: NO_ZXID,
        },
      },
    },
    {
      id: 'create without data and ACL, by hand',
      bytes: lay(int(1), int(1), str('/a'), buf(null), int(-1), int(3)),
      value: {
        type: 'request',
        xid: 1,
        op: 1,
        request: { type: 'create', path: '/a', data: null, acl: null, flags: 3 },
      },
    },
    {
      id: 'auth without data, by hand',
      bytes: lay(int(-4), int(100), int(7), str('ip'), buf(null)),
      value: { type: 'auth', xid: -4, op: 100, auth: { scheme: 'ip', auth: new Uint8Array(0) } },
      readOnly: 'its first int means nothing, and null data reads as empty',
    },
  ],
  read(bytes) {
    const frame = decodeClientFrame(bytes)
    return frame.type === 'request' && frame.request.type === 'undecodable' ? null : frame
  },
  write: writeFrame,
  // Nobody knows how long the body of an unknown operation is.
  shorter: (frame, end) => (frame.type === 'unknownOp' && end >= 8 ? frame : undefined),
})

function writeFrame(writer: JuteWriter, frame: ClientFrame): void {
  switch (frame.type) {
    case 'request':
      return writeRequest(writer, frame.xid, frame.request)
    case 'auth':
      return writeAuthPacket(writer, frame.auth)
    case 'sasl':
      return writeSaslRequest(writer, frame.xid, frame.token)
    case 'unknownOp':
      return writeRequestHeader(writer, frame.xid, frame.op)
  }
}

type Reply = ReplyHeader & { readonly body: ReplyBody }

/** How a reply reads depends on what was asked: one kind an operation. */
function replyKind(op: number, samples: readonly Sample[]): RecordKind {
  return framedKind<Reply>({
    name: `ReplyHeader with the response to operation ${op}`,
    samples,
    read: (bytes) => readReply(new JuteReader(bytes), op),
    write: (writer, { xid, zxid, err, body }) => writeReply(writer, xid, zxid, err, body),
  })
}

/** The operation that was asked, from the request recorded beside the reply. */
function askedOp(replyId: string): number {
  return decodeClientFrame(vector(replyId.replace(/\.rsp$/, '.req')).subarray(4)).op
}

const STAT_BYTES = all(
  ...[long(1), long(2), long(3), long(4), int(5), int(6), int(7), long(0xff00000000000008n), int(9), int(10), long(11)],
)
const STAT = {
  ...{ czxid: 1, mzxid: 2, ctime: 3, mtime: 4, version: 5, cversion: 6, aversion: 7 },
  ...{ ephemeralOwner: 0xff00000000000008n, dataLength: 9, numChildren: 10, pzxid: 11 },
}
const HEADER = [int(5), long(makeZxid(2, 3)), int(0)]
const HEAD = { xid: 5, zxid: makeZxid(2, 3), err: 0 }

const handLaidReplies: readonly (Sample & { readonly op: number })[] = [
  {
    id: 'reconfig, by hand',
    op: OP_CODES.reconfig,
    bytes: lay(...HEADER, buf([0x76]), STAT_BYTES),
    value: { ...HEAD, body: { type: 'data', data: Uint8Array.of(0x76), stat: STAT } },
  },
  {
    id: 'a SASL token, by hand',
    op: OP_CODES.sasl,
    bytes: lay(...HEADER, buf([1, 2, 3])),
    value: { ...HEAD, body: { type: 'saslToken', token: Uint8Array.of(1, 2, 3) } },
  },
  {
    id: 'a multi of 3.8.2, which answers create2 as such, by hand',
    op: OP_CODES.multi,
    bytes: lay(
      ...HEADER,
      ...[int(15), byte(0), int(0), str('/a'), STAT_BYTES],
      ...[int(2), byte(0), int(0), int(13), byte(0), int(0), int(-1), byte(0), int(-101), int(-101)],
      ...[int(-1), byte(1), int(-1)],
    ),
    value: {
      ...HEAD,
      body: {
        type: 'multi',
        results: [
          { type: 'create2', path: '/a', stat: STAT },
          { type: 'delete' },
          { type: 'check' },
          { type: 'error', err: -101 },
        ],
      },
    },
  },
  {
    id: 'getACL of an open node, by hand',
    op: OP_CODES.getACL,
    bytes: lay(...HEADER, OPEN, STAT_BYTES),
    value: { ...HEAD, body: { type: 'acl', acl: [{ perms: 31, scheme: 'world', id: 'anyone' }], stat: STAT } },
  },
  {
    id: 'whoAmI of somebody, by hand',
    op: OP_CODES.whoAmI,
    bytes: lay(...HEADER, vec(all(str('digest'), str('bob')), all(str('ip'), str('::1')))),
    value: {
      ...HEAD,
      body: {
        type: 'whoAmI',
        ids: [
          { scheme: 'digest', id: 'bob' },
          { scheme: 'ip', id: '::1' },
        ],
      },
    },
  },
]

const replyOps = new Set([...replies.map(({ id }) => askedOp(id)), ...handLaidReplies.map(({ op }) => op)])
const replyKinds = [...replyOps].map((op) =>
  replyKind(op, [
    ...unframed(replies.filter(({ id }) => askedOp(id) === op)),
    ...handLaidReplies.filter((sample) => sample.op === op),
  ]),
)

const watchEvent = framedKind<{ readonly zxid: Zxid; readonly event: Parameters<typeof writeWatchEvent>[2] }>({
  name: 'ReplyHeader with a WatcherEvent',
  samples: [
    ...unframed(events),
    {
      id: 'an event of 3.9, with its zxid, by hand',
      bytes: lay(int(-1), long(makeZxid(1, 5)), int(0), int(3), int(3), str('/é')),
      value: { zxid: makeZxid(1, 5), event: { type: 'nodeDataChanged', path: '/é' } },
    },
    {
      id: 'a change of the connection alone, by hand',
      bytes: lay(int(-1), long(-1), int(0), int(-1), int(5), str('')),
      value: { zxid: NO_ZXID, event: { type: 'none', path: '' } },
      readOnly: 'a server says SyncConnected only; the state is not kept',
    },
  ],
  read(bytes) {
    const reader = new JuteReader(bytes)
    const { zxid } = readReplyHeader(reader)
    return { zxid, event: readWatchEvent(reader) }
  },
  write: (writer, { zxid, event }) => writeWatchEvent(writer, zxid, event),
})

export const CLIENT_RECORDS: readonly RecordKind[] = [
  connectRequest,
  connectResponse,
  request,
  ...replyKinds,
  watchEvent,
]
