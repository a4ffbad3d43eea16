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
  PackedChildren,
  PackedNames,
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
export { removeBarrier, setBarrier, waitOnBarrier } from './recipes/barrier.ts'
export type { Layout } from './recipes/contender-order.ts'
export { type CounterFormat, type CounterOptions, SharedCounter } from './recipes/counter.ts'
export { type DoubleBarrierOptions, enterDoubleBarrier, type InsideBarrier } from './recipes/double-barrier.ts'
export { ensurePath } from './recipes/ensure-path.ts'
export type { Following } from './recipes/follow.ts'
export { type GroupMember, type JoinOptions, joinGroup, listGroup, watchGroup } from './recipes/group.ts'
export type { AcquireOptions, Held, WaitOptions } from './recipes/held.ts'
export {
  type Candidacy,
  type Candidate,
  CandidateLeftError,
  type ElectionOptions,
  joinElection,
  listCandidates,
  watchLeader,
} from './recipes/leader-election.ts'
export { acquireLock, type HeldLock, type LockOptions, tryLock, withLock } from './recipes/lock.ts'
export { type NodeCache, openNodeCache } from './recipes/node-cache.ts'
export { type ClaimedItem, DistributedQueue, type QueueItem, type QueueOptions } from './recipes/queue.ts'
export type { QueueLayout } from './recipes/queue-items.ts'
export { acquireReadLock, acquireWriteLock } from './recipes/read-write-lock.ts'
export type { OnceOptions } from './recipes/receipt.ts'
export { retryOnLoss, whenConnected } from './recipes/reconnect.ts'
export { acquireLease, type Lease } from './recipes/semaphore.ts'
export {
  listInstances,
  listServices,
  type Registration,
  randomly,
  registerService,
  roundRobin,
  type ServiceOffer,
  type ServiceView,
  type Strategy,
  type ViewOptions,
  watchService,
} from './recipes/service-discovery.ts'
export type { ServiceInstance, ServiceType } from './recipes/service-instance.ts'
export { CACHE_NODES_MAX, type CacheEvent, TreeCache, type TreeCacheOptions } from './recipes/tree-cache.ts'
export type { SaslOptions } from './sasl-exchange.ts'
export type { ServerAddress } from './server-list.ts'
export type { SessionState, StateChange } from './session-state.ts'
export { type Transaction, TransactionFailedError, type TransactionResult } from './transaction.ts'
export type { AddWatchOptions, RemoveWatchesOptions } from './watch-keeper.ts'
export type { GapEvent, PersistentEvent, PersistentMode, Watcher } from './watch-registry.ts'
export { type ReadOp, type ReadOptions, type ReconfigOptions, ZooKeeper } from './zookeeper.ts'
