// The typed errors of the client: one class for each code that callers tell apart, with the path it is
// about. Codes without a class of their own come as ZooKeeperError. Source: KeeperException.

import { ERROR_CODES, type ErrorCode, errorName } from '#shared/zk/errors.ts'

/** An operation failed; `code` says why, as ERROR_CODES has it. */
export class ZooKeeperError extends Error {
  readonly code: ErrorCode
  /** The path as the caller wrote it; null where the error is about no path. */
  readonly path: string | null

  constructor(code: ErrorCode, path: string | null = null, sentence?: string) {
    const about = sentence ?? SENTENCES.get(code) ?? 'the server refused the request'
    super(`${about} (${errorName(code)}${path === null ? '' : ` ${path}`})`)
    this.name = new.target.name
    this.code = code
    this.path = path
  }
}

/** The link broke before the answer came: whether a write was carried out is not known. */
export class ConnectionLossError extends ZooKeeperError {}
/** The session is over and its ephemerals are gone: make a new client. */
export class SessionExpiredError extends ZooKeeperError {}
/** The call's own timeout passed; the server may still carry it out. */
export class RequestTimeoutError extends ZooKeeperError {}
export class NoNodeError extends ZooKeeperError {}
export class NodeExistsError extends ZooKeeperError {}
export class NotEmptyError extends ZooKeeperError {}
export class BadVersionError extends ZooKeeperError {}
export class NoAuthError extends ZooKeeperError {}
export class NoChildrenForEphemeralsError extends ZooKeeperError {}
export class InvalidAclError extends ZooKeeperError {}
export class AuthFailedError extends ZooKeeperError {}
export class BadArgumentsError extends ZooKeeperError {}
export class UnimplementedError extends ZooKeeperError {}
export class NoWatcherError extends ZooKeeperError {}
export class QuotaExceededError extends ZooKeeperError {}

/** The client was closed by its owner. */
export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError'
  constructor() {
    super('this client is closed; connect a new one')
  }
}

/** More calls wait for answers than `outstandingMax` allows. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsError'
  constructor(limit: number) {
    super(`${limit} requests already wait for their answers; await some of them first`)
  }
}

/** No server could be reached in time; `cause` is why the last one could not. */
export class ConnectFailedError extends Error {
  override readonly name = 'ConnectFailedError'
}

type ErrorClass = new (code: ErrorCode, path?: string | null, sentence?: string) => ZooKeeperError

const C = ERROR_CODES
const CLASSES: ReadonlyMap<ErrorCode, ErrorClass> = new Map<ErrorCode, ErrorClass>([
  [C.CONNECTIONLOSS, ConnectionLossError],
  [C.SESSIONEXPIRED, SessionExpiredError],
  [C.REQUESTTIMEOUT, RequestTimeoutError],
  [C.NONODE, NoNodeError],
  [C.NODEEXISTS, NodeExistsError],
  [C.NOTEMPTY, NotEmptyError],
  [C.BADVERSION, BadVersionError],
  [C.NOAUTH, NoAuthError],
  [C.NOCHILDRENFOREPHEMERALS, NoChildrenForEphemeralsError],
  [C.INVALIDACL, InvalidAclError],
  [C.AUTHFAILED, AuthFailedError],
  [C.BADARGUMENTS, BadArgumentsError],
  [C.UNIMPLEMENTED, UnimplementedError],
  [C.NOWATCHER, NoWatcherError],
  [C.QUOTAEXCEEDED, QuotaExceededError],
])

const SENTENCES: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  [C.CONNECTIONLOSS, 'the connection broke before the answer came, so the outcome is not known'],
  [C.SESSIONEXPIRED, 'the session has expired; connect a new client'],
  [C.REQUESTTIMEOUT, 'no answer within the timeout of this call'],
  [C.NONODE, 'no such znode'],
  [C.NODEEXISTS, 'the znode exists already'],
  [C.NOTEMPTY, 'the znode has children; delete them first'],
  [C.BADVERSION, 'the znode has another version by now; read it again'],
  [C.NOAUTH, 'the ACL does not permit this; addAuth as somebody whom it permits'],
  [C.NOCHILDRENFOREPHEMERALS, 'an ephemeral znode cannot have children'],
  [C.INVALIDACL, 'the ACL is empty, or names a scheme or an id that the server does not know'],
  [C.AUTHFAILED, 'the server refused the credentials'],
  [C.BADARGUMENTS, 'the server does not accept these arguments'],
  [C.UNIMPLEMENTED, 'the server does not know this operation'],
  [C.NOWATCHER, 'no such watch'],
  [C.QUOTAEXCEEDED, 'a quota does not permit this'],
])

/** The error for a code from the server. */
export function errorFor(code: ErrorCode, path: string | null = null): ZooKeeperError {
  const Class = CLASSES.get(code) ?? ZooKeeperError
  return new Class(code, path)
}

export function connectionLoss(path: string | null = null): ConnectionLossError {
  return new ConnectionLossError(C.CONNECTIONLOSS, path)
}

export function sessionExpired(path: string | null = null): SessionExpiredError {
  return new SessionExpiredError(C.SESSIONEXPIRED, path)
}

export function requestTimeout(path: string | null = null): RequestTimeoutError {
  return new RequestTimeoutError(C.REQUESTTIMEOUT, path)
}

/** For arguments that are refused before anything is sent; `sentence` says what is wrong with them. */
export function badArguments(sentence: string, path: string | null = null): BadArgumentsError {
  return new BadArgumentsError(C.BADARGUMENTS, path, sentence)
}
