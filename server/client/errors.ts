// The typed errors of the client: one class for each code, with the path it is about.
// Codes that nobody has a name for come as ZooKeeperError itself. Source: KeeperException.

import { ERROR_CODES, type ErrorCode, type ErrorName, errorName } from '#shared/zk/errors.ts'

/** An operation failed; `code` says why, as ERROR_CODES has it. */
export class ZooKeeperError extends Error {
  readonly code: ErrorCode
  /** The path as the caller wrote it; null where the error is about no path. */
  readonly path: string | null

  constructor(code: ErrorCode, path: string | null = null, sentence?: string) {
    const about = sentence ?? BY_CODE.get(code)?.[1] ?? 'the server refused the request'
    super(`${about} (${errorName(code)}${path === null ? '' : ` ${path}`})`)
    this.name = new.target.name
    this.code = code
    this.path = path
  }
}

/** SYSTEMERROR: the server failed inside; its log says why. */
export class SystemError extends ZooKeeperError {}
/** RUNTIMEINCONSISTENCY: the operation was not tried, because another one of its transaction failed. */
export class RuntimeInconsistencyError extends ZooKeeperError {}
/** DATAINCONSISTENCY: the server found its data inconsistent. */
export class DataInconsistencyError extends ZooKeeperError {}
/** CONNECTIONLOSS. The link broke before the answer came: whether a write was carried out is not known. */
export class ConnectionLossError extends ZooKeeperError {}
/** MARSHALLINGERROR: the server could not read the request. */
export class MarshallingError extends ZooKeeperError {}
/** UNIMPLEMENTED. Servers before 3.5.3, and those without `extendedTypesEnabled`, have no TTL nodes; before 3.6 no persistent watches. */
export class UnimplementedError extends ZooKeeperError {}
/** OPERATIONTIMEOUT: the server gave the operation up after a timeout of its own. */
export class OperationTimeoutError extends ZooKeeperError {}
/** BADARGUMENTS: the server does not accept these arguments. */
export class BadArgumentsError extends ZooKeeperError {}
/** UNKNOWNSESSION: the server does not know the session. */
export class UnknownSessionError extends ZooKeeperError {}
/** NEWCONFIGNOQUORUM: no quorum of the new configuration is connected and in step with the leader; start its servers first. */
export class NewConfigNoQuorumError extends ZooKeeperError {}
/** RECONFIGINPROGRESS: another reconfiguration is on its way; wait for it. */
export class ReconfigInProgressError extends ZooKeeperError {}
/** APIERROR: the server refused the request. */
export class ApiError extends ZooKeeperError {}
/** NONODE: no such znode. */
export class NoNodeError extends ZooKeeperError {}
/** NOAUTH: the ACL does not permit this; addAuth as somebody whom it permits. */
export class NoAuthError extends ZooKeeperError {}
/** BADVERSION: the znode has another version by now; read it again. */
export class BadVersionError extends ZooKeeperError {}
/** NOCHILDRENFOREPHEMERALS: an ephemeral znode cannot have children. */
export class NoChildrenForEphemeralsError extends ZooKeeperError {}
/** NODEEXISTS: the znode exists already. */
export class NodeExistsError extends ZooKeeperError {}
/** NOTEMPTY: the znode has children; delete them first. */
export class NotEmptyError extends ZooKeeperError {}
/** SESSIONEXPIRED. The session is over and its ephemerals are gone: make a new client. */
export class SessionExpiredError extends ZooKeeperError {}
/** INVALIDCALLBACK: the server refused the callback. */
export class InvalidCallbackError extends ZooKeeperError {}
/** INVALIDACL: the ACL is empty, or names a scheme or an id that the server does not know. */
export class InvalidAclError extends ZooKeeperError {}
/** AUTHFAILED. A refusal ends the session. */
export class AuthFailedError extends ZooKeeperError {}
/** SESSIONMOVED. Another client took the session over, with its id and password. */
export class SessionMovedError extends ZooKeeperError {}
/** NOTREADONLY: this server has no quorum and only reads; wait until `readOnly` is false. */
export class NotReadOnlyError extends ZooKeeperError {}
/** EPHEMERALONLOCALSESSION: a local session has no ephemeral znodes; the servers would have to upgrade it. */
export class EphemeralOnLocalSessionError extends ZooKeeperError {}
/** NOWATCHER: no such watch. */
export class NoWatcherError extends ZooKeeperError {}
/** REQUESTTIMEOUT. The call's own timeout passed; the server may still carry it out. */
export class RequestTimeoutError extends ZooKeeperError {}
/** RECONFIGDISABLED: the servers do not reconfigure: reconfigEnabled is false. */
export class ReconfigDisabledError extends ZooKeeperError {}
/** SESSIONCLOSEDREQUIRESASLAUTH: the server demands SASL before anything else; connect with `sasl`. */
export class SessionClosedRequireSaslAuthError extends ZooKeeperError {}
/** QUOTAEXCEEDED: a quota does not permit this. */
export class QuotaExceededError extends ZooKeeperError {}
/** THROTTLEDOP: the server is too busy and did not carry it out; try again later. */
export class ThrottledOpError extends ZooKeeperError {}

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

/** One class for each code, and what it says when nobody says more. */
const KINDS: Readonly<Record<Exclude<ErrorName, 'OK'>, readonly [ErrorClass, string]>> = {
  SYSTEMERROR: [SystemError, 'the server failed inside; its log says why'],
  RUNTIMEINCONSISTENCY: [
    RuntimeInconsistencyError,
    'the operation was not tried, because another one of its transaction failed',
  ],
  DATAINCONSISTENCY: [DataInconsistencyError, 'the server found its data inconsistent'],
  CONNECTIONLOSS: [ConnectionLossError, 'the connection broke before the answer came, so the outcome is not known'],
  MARSHALLINGERROR: [MarshallingError, 'the server could not read the request'],
  UNIMPLEMENTED: [UnimplementedError, 'the server does not know this operation, or it is switched off there'],
  OPERATIONTIMEOUT: [OperationTimeoutError, 'the server gave the operation up after a timeout of its own'],
  BADARGUMENTS: [BadArgumentsError, 'the server does not accept these arguments'],
  UNKNOWNSESSION: [UnknownSessionError, 'the server does not know the session'],
  NEWCONFIGNOQUORUM: [
    NewConfigNoQuorumError,
    'no quorum of the new configuration is connected and in step with the leader; start its servers first',
  ],
  RECONFIGINPROGRESS: [ReconfigInProgressError, 'another reconfiguration is on its way; wait for it'],
  APIERROR: [ApiError, 'the server refused the request'],
  NONODE: [NoNodeError, 'no such znode'],
  NOAUTH: [NoAuthError, 'the ACL does not permit this; addAuth as somebody whom it permits'],
  BADVERSION: [BadVersionError, 'the znode has another version by now; read it again'],
  NOCHILDRENFOREPHEMERALS: [NoChildrenForEphemeralsError, 'an ephemeral znode cannot have children'],
  NODEEXISTS: [NodeExistsError, 'the znode exists already'],
  NOTEMPTY: [NotEmptyError, 'the znode has children; delete them first'],
  SESSIONEXPIRED: [SessionExpiredError, 'the session has expired; connect a new client'],
  INVALIDCALLBACK: [InvalidCallbackError, 'the server refused the callback'],
  INVALIDACL: [InvalidAclError, 'the ACL is empty, or names a scheme or an id that the server does not know'],
  AUTHFAILED: [AuthFailedError, 'the server refused the credentials'],
  SESSIONMOVED: [SessionMovedError, 'the session has gone on at another server'],
  NOTREADONLY: [NotReadOnlyError, 'this server has no quorum and only reads; wait until `readOnly` is false'],
  EPHEMERALONLOCALSESSION: [
    EphemeralOnLocalSessionError,
    'a local session has no ephemeral znodes; the servers would have to upgrade it',
  ],
  NOWATCHER: [NoWatcherError, 'no such watch'],
  REQUESTTIMEOUT: [RequestTimeoutError, 'no answer within the timeout of this call'],
  RECONFIGDISABLED: [ReconfigDisabledError, 'the servers do not reconfigure: reconfigEnabled is false'],
  SESSIONCLOSEDREQUIRESASLAUTH: [
    SessionClosedRequireSaslAuthError,
    'the server demands SASL before anything else; connect with `sasl`',
  ],
  QUOTAEXCEEDED: [QuotaExceededError, 'a quota does not permit this'],
  THROTTLEDOP: [ThrottledOpError, 'the server is too busy and did not carry it out; try again later'],
}

const C = ERROR_CODES
/** A code from a newer server may have no name. */
const BY_CODE = new Map<ErrorCode, readonly [ErrorClass, string]>()
for (const [name, code] of Object.entries(ERROR_CODES))
  if (name in KINDS) BY_CODE.set(code, KINDS[name as keyof typeof KINDS])

/** The error for a code from the server. */
export function errorFor(code: ErrorCode, path: string | null = null): ZooKeeperError {
  const Class = BY_CODE.get(code)?.[0] ?? ZooKeeperError
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
