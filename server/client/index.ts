// What `import { ZooKeeper } from 'zabscope/client'` offers, and all that it promises to keep: the one barrel here,
// because a package has one door. Inside the repository modules are imported by their own name.

export { type Acl, type AuthId, OPEN_ACL, PERMS, READ_ACL } from '#shared/zk/acl.ts'
export { ERROR_CODES, type ErrorCode, type ErrorName, errorName } from '#shared/zk/errors.ts'
export { formatSessionId, type SessionId } from '#shared/zk/ids.ts'
export type { Stat } from '#shared/zk/stat.ts'
export type { WatchEvent, WatchEventType } from '#shared/zk/watch.ts'
export { formatZxid, parseZxid, type Zxid } from '#shared/zk/zxid.ts'
export type {
  CreatedNode,
  EnsembleConfig,
  NodeAcl,
  NodeChildren,
  NodeContent,
  NodeState,
  ReadResult,
} from './answers.ts'
export type { ConnectOptions, Credential } from './connect-options.ts'
export type { CreateMode, CreateOptions, NodeData } from './create-mode.ts'
export type { Dial, Pem, TlsOptions } from './dial.ts'
export {
  ApiError,
  AuthFailedError,
  BadArgumentsError,
  BadVersionError,
  ClientClosedError,
  ConnectFailedError,
  ConnectionLossError,
  DataInconsistencyError,
  EphemeralOnLocalSessionError,
  InvalidAclError,
  InvalidCallbackError,
  MarshallingError,
  NewConfigNoQuorumError,
  NoAuthError,
  NoChildrenForEphemeralsError,
  NodeExistsError,
  NoNodeError,
  NotEmptyError,
  NotReadOnlyError,
  NoWatcherError,
  OperationTimeoutError,
  QuotaExceededError,
  ReconfigDisabledError,
  ReconfigInProgressError,
  RequestTimeoutError,
  RuntimeInconsistencyError,
  SessionClosedRequireSaslAuthError,
  SessionExpiredError,
  SessionMovedError,
  SystemError,
  ThrottledOpError,
  TooManyRequestsError,
  UnimplementedError,
  UnknownSessionError,
  ZooKeeperError,
} from './errors.ts'
export type { CallOptions } from './pending-calls.ts'
export type { PersistentWatch } from './persistent-watch.ts'
// Recipes
export { ensurePath } from './recipes/ensure-path.ts'
export { acquireLock, type HeldLock, type LockOptions } from './recipes/lock.ts'
export { retryOnLoss, whenConnected } from './recipes/reconnect.ts'
export type { SaslOptions } from './sasl-exchange.ts'
export type { ServerAddress } from './server-list.ts'
export type { SessionState, StateChange } from './session-state.ts'
export { type Transaction, TransactionFailedError, type TransactionResult } from './transaction.ts'
export type { AddWatchOptions, RemoveWatchesOptions } from './watch-keeper.ts'
export type { GapEvent, PersistentEvent, PersistentMode, Watcher } from './watch-registry.ts'
export { type ReadOp, type ReadOptions, type ReconfigOptions, ZooKeeper } from './zookeeper.ts'
