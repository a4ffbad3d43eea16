// The first frame in each direction of a client connection. Clients older than 3.4 leave out the last byte,
// readOnly, and are answered without it. Source: ConnectRequest and ConnectResponse of zookeeper.jute.

import type { ConnectRequest, ConnectResponse } from '../../zk/request.ts'
import type { JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'

/** Reads the body of a connection's first frame. Throws DecodeError. */
export function readConnectRequest(reader: JuteReader): ConnectRequest {
  return {
    protocolVersion: reader.int(),
    lastZxidSeen: reader.zxid(),
    timeoutMs: reader.int(),
    sessionId: reader.sessionId(),
    passwd: reader.buffer(),
    readOnly: readReadOnly(reader),
  }
}

export function writeConnectRequest(writer: JuteWriter, request: ConnectRequest): void {
  writer.int(request.protocolVersion)
  writer.zxid(request.lastZxidSeen)
  writer.int(request.timeoutMs)
  writer.sessionId(request.sessionId)
  writer.buffer(request.passwd)
  if (request.readOnly !== null) writer.bool(request.readOnly)
}

export function readConnectResponse(reader: JuteReader): ConnectResponse {
  return {
    protocolVersion: reader.int(),
    timeoutMs: reader.int(),
    sessionId: reader.sessionId(),
    passwd: reader.buffer() ?? new Uint8Array(0),
    readOnly: readReadOnly(reader),
  }
}

export function writeConnectResponse(writer: JuteWriter, response: ConnectResponse): void {
  writer.int(response.protocolVersion)
  writer.int(response.timeoutMs)
  writer.sessionId(response.sessionId)
  writer.buffer(response.passwd)
  if (response.readOnly !== null) writer.bool(response.readOnly)
}

function readReadOnly(reader: JuteReader): boolean | null {
  return reader.remaining > 0 ? reader.bool() : null
}
