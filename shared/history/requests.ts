// For tests only: requests in short.

import { utf8Encode } from '../base/text.ts'
import { OPEN_ACL } from '../zk/acl.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import type { ClientRequest, CreateRequest } from '../zk/request.ts'

export function create(path: string, text = '', flags: keyof typeof CREATE_FLAGS = 'persistent'): CreateRequest {
  return { type: 'create', path, data: utf8Encode(text), acl: OPEN_ACL, flags: CREATE_FLAGS[flags] }
}

export function setData(path: string, text: string, version = -1): ClientRequest {
  return { type: 'setData', path, data: utf8Encode(text), version }
}

export function remove(path: string, version = -1): ClientRequest {
  return { type: 'delete', path, version }
}

export function getData(path: string, watch = false): ClientRequest {
  return { type: 'getData', path, watch }
}

export function getChildren(path: string, watch = false): ClientRequest {
  return { type: 'getChildren', path, watch }
}

export function exists(path: string, watch = false): ClientRequest {
  return { type: 'exists', path, watch }
}

export const SYNC: ClientRequest = { type: 'sync', path: '/' }
export const CLOSE: ClientRequest = { type: 'closeSession' }
