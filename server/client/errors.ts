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

export class SystemError extends ZooKeeperError {}
export class RuntimeInconsistencyError extends ZooKeeperError {}
export class DataInconsistencyError extends ZooKeeperError {}
/** The link broke before the answer came: whether a write was carried out is not known. */
export class ConnectionLossError extends ZooKeeperError {}
export class MarshallingError extends ZooKeeperError {}
/** Servers before 3.5.3, and those without `extendedTypesEnabled`, have no TTL nodes; before 3.6 no persistent watches. */
export class UnimplementedError extends ZooKeeperError {}
export class OperationTimeoutError extends ZooKeeperError {}
export class BadArgumentsError extends ZooKeeperError {}
export class UnknownSessionError extends ZooKeeperError {}
export class NewConfigNoQuorumError extends ZooKeeperError {}
export class ReconfigInProgressError extends ZooKeeperError {}
export class ApiError extends ZooKeeperError {}
export class NoNodeError extends ZooKeeperError {}
export class NoAuthError extends ZooKeeperError {}
export class BadVersionError extends ZooKeeperError {}
export class NoChildrenForEphemeralsError extends ZooKeeperError {}
export class NodeExistsError extends ZooKeeperError {}
export class NotEmptyError extends ZooKeeperError {}
/** The session is over and its ephemerals are gone: make a new client. */
export class SessionExpiredError extends ZooKeeperError {}
export class InvalidCallbackError extends ZooKeeperError {}
export class InvalidAclError extends ZooKeeperError {}
/** A refusal ends the session. */
export class AuthFailedError extends ZooKeeperError {}
/** Another client took the session over, with its id and password. */
export class SessionMovedError extends ZooKeeperError {}
export class NotReadOnlyError extends ZooKeeperError {}
export class EphemeralOnLocalSessionError extends ZooKeeperError {}
export class NoWatcherError extends ZooKeeperError {}
/** The call's own timeout passed; the server may still carry it out. */
export class RequestTimeoutError extends ZooKeeperError {}
export class ReconfigDisabledError extends ZooKeeperError {}
export class SessionClosedRequireSaslAuthError extends ZooKeeperError {}
export class QuotaExceededError extends ZooKeeperError {}
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
