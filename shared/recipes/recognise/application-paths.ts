// The well-known applications' paths: which znode of which system means what. Patterns are without a chroot;
// applications.ts looks for them at the root and below any. Source: locks-and-recipes.md §2.4 and §3.

import type { Recipe } from '../contract.ts'

/** leader: who holds it leads · lock · member · claim: of one piece of work · queue · config: no contention at all. */
export type ApplicationRole =
  | 'leader'
  | 'lock'
  | 'member'
  | 'claim'
  | 'queue'
  | 'config'
  | 'fencing'
  | 'acknowledgement'

export interface ApplicationRow {
  readonly system: string
  readonly role: ApplicationRole
  /** `:x` is one part, `::x` one or more, `{a,b}` one of these; all else is literal. */
  readonly path: string
  /** What the node itself or its children are, where the path decides it. */
  readonly recipe: Recipe | null
  /** The node's data must look like this for a match below a chroot; the names alone are too common. */
  readonly data?: RegExp
}

function row(
  system: string,
  role: ApplicationRole,
  path: string,
  recipe: Recipe | null = null,
  data?: RegExp,
): ApplicationRow {
  return data ? { system, role, path, recipe, data } : { system, role, path, recipe }
}

export const APPLICATION_ROWS: readonly ApplicationRow[] = [
  row('ZooKeeper', 'config', '/zookeeper/config'),
  row('ZooKeeper', 'config', '/zookeeper/quota/::of'),

  row('Kafka', 'leader', '/controller', 'single node', /"brokerid"/),
  row('Kafka', 'fencing', '/controller_epoch', 'counter', /^\d+$/),
  row('Kafka', 'member', '/brokers/ids', 'group'),
  row('Kafka', 'config', '/brokers/seqid'),
  row('Kafka', 'config', '/brokers/topics/:topic/partitions/:partition/state'),
  row('Kafka', 'queue', '/admin/{delete_topics,reassign_partitions,preferred_replica_election}'),
  row('Kafka', 'queue', '/{isr_change_notification,log_dir_event_notification}', 'queue'),
  row('Kafka', 'queue', '/config/changes', 'queue'),
  row('Kafka', 'config', '/latest_producer_id_block', 'counter', /"broker"/),
  row('Kafka', 'config', '/cluster/id', null, /"id"/),
  row('Kafka', 'config', '/{kafka-acl,kafka-acl-extended,kafka-acl-changes,delegation_token}'),
  row('Kafka', 'member', '/consumers/:group/ids', 'group'),
  row('Kafka', 'claim', '/consumers/:group/owners/:topic/:partition', 'single node'),
  row('Kafka', 'config', '/consumers/:group/offsets/::of'),

  row('HDFS', 'leader', '/hadoop-ha/:nameservice/ActiveStandbyElectorLock', 'single node'),
  row('HDFS', 'fencing', '/hadoop-ha/:nameservice/ActiveBreadCrumb'),
  row('YARN', 'leader', '/yarn-leader-election/:cluster/ActiveStandbyElectorLock', 'single node'),
  row('YARN', 'fencing', '/yarn-leader-election/:cluster/ActiveBreadCrumb'),
  row('YARN', 'config', '/rmstore/ZKRMStateRoot/::of'),

  row('HBase', 'leader', '/hbase/master', 'single node'),
  row('HBase', 'member', '/hbase/{backup-masters,rs,draining}', 'group'),
  row('HBase', 'config', '/hbase/{running,hbaseid,meta-region-server,splitWAL,balancer,switch,namespace}'),
  row('HBase', 'config', '/hbase/replication/{peers,rs,hfile-refs}'),

  row('Solr', 'leader', '/overseer_elect/election', 'election'),
  row('Solr', 'acknowledgement', '/overseer_elect/leader', 'single node'),
  row('Solr', 'leader', '/collections/:collection/leader_elect/:shard/election', 'election'),
  row('Solr', 'acknowledgement', '/collections/:collection/leaders/:shard/leader', 'single node'),
  row('Solr', 'acknowledgement', '/collections/:collection/leaders/:shard'),
  row('Solr', 'member', '/live_nodes', 'group'),
  row('Solr', 'queue', '/overseer/{queue,queue-work,collection-queue-work}', 'queue'),

  row('ClickHouse', 'leader', '/::table/leader_election', 'election'),
  row('ClickHouse', 'member', '/::table/replicas/:replica/is_active', 'single node'),
  row('ClickHouse', 'queue', '/::table/replicas/:replica/queue', 'queue'),
  row('ClickHouse', 'claim', '/::table/block_numbers/:partition', 'group'),
  row('ClickHouse', 'queue', '/clickhouse/task_queue/ddl', 'queue'),

  row('Patroni', 'leader', '/service/:scope/leader', 'single node'),
  row('Patroni', 'leader', '/service/:scope/:group/leader', 'single node'),
  row('Patroni', 'member', '/service/:scope/members', 'group'),
  row('Patroni', 'member', '/service/:scope/:group/members', 'group'),
  row('Patroni', 'config', '/service/:scope/{initialize,config,failover,history,status,sync,failsafe}'),
  row('Patroni', 'config', '/service/:scope/optime/leader'),

  row('Mesos', 'leader', '/mesos', 'election'),
  row('Mesos', 'member', '/mesos/log_replicas', 'group'),

  row('NiFi', 'leader', '/nifi/leaders/:role', 'election'),
  row('NiFi', 'config', '/nifi/components/:component'),

  row('Pulsar', 'leader', '/loadbalance/leader', 'single node'),
  row('Pulsar', 'member', '/loadbalance/brokers', 'group'),
  row('Pulsar', 'claim', '/namespace/:tenant/:namespace/:bundle', 'single node'),
  row('Pulsar', 'config', '/managed-ledgers/::of'),

  row('BookKeeper', 'member', '/ledgers/available', 'group'),
  row('BookKeeper', 'member', '/ledgers/available/readonly', 'group'),
  row('BookKeeper', 'leader', '/ledgers/underreplication/auditorelection', 'election'),
  row('BookKeeper', 'claim', '/ledgers/underreplication/locks', 'group'),
  row('BookKeeper', 'config', '/ledgers/{cookies,LAYOUT,INSTANCEID,idgen}'),

  row('Storm', 'leader', '/storm/leader-lock', 'election'),
  row('Storm', 'member', '/storm/{nimbuses,supervisors}', 'group'),
  row('Storm', 'config', '/storm/{assignments,storms,workerbeats,errors,blobstore,leader-info}'),

  row('Druid', 'leader', '/druid/coordinator/_COORDINATOR', 'election'),
  row('Druid', 'leader', '/druid/overlord/_OVERLORD', 'election'),
  row('Druid', 'member', '/druid/{announcements,segments}', 'group'),

  row('Flink', 'leader', '/flink/:cluster/leader/latch', 'election'),
  row('Flink', 'acknowledgement', '/flink/:cluster/leader/:component/connection_info'),
  row('Flink', 'config', '/flink/:cluster/{jobgraphs,checkpoints}'),

  row('Spark', 'leader', '/spark/leader_election', 'election'),
  row('Spark', 'config', '/spark/master_status'),

  row('Helix', 'leader', '/:cluster/CONTROLLER/LEADER', 'single node'),
  row('Helix', 'member', '/:cluster/LIVEINSTANCES', 'group'),
  row('Helix', 'lock', '/:cluster/LOCK/{CLUSTER,PARTICIPANT,RESOURCE}/:id', 'lease'),

  row('Hive', 'member', '/hiveserver2', 'group'),

  row('Accumulo', 'leader', '/accumulo/:instance/{managers,masters,gc,monitor}/lock', 'lock'),
  row('Accumulo', 'claim', '/accumulo/:instance/tservers/:group/:server', 'lock'),
  row('Accumulo', 'claim', '/accumulo/:instance/tservers/:server', 'lock'),
  row('Accumulo', 'lock', '/accumulo/:instance/table_locks/:table', 'read-write lock'),

  row('Dubbo', 'member', '/dubbo/:service/{providers,consumers}', 'group'),
  row('Dubbo', 'config', '/dubbo/:service/{configurators,routers}'),

  row('Spring Integration', 'lock', '/SpringIntegration-LockRegistry/:key', 'lock'),
  row('Spring Integration', 'leader', '/spring-integration/leader/:role', 'election'),

  row('Ruby zk', 'lock', '/_zklocking/:name', 'lock'),
  row('Ruby zk', 'lock', '/_zksemaphore/:name', 'semaphore'),
  row('Ruby zk', 'leader', '/_zkelection/:name', 'election'),

  row('elastic-job', 'leader', '/:job/leader/election/latch', 'election'),
  row('elastic-job', 'acknowledgement', '/:job/leader/election/instance', 'single node'),
  row('Canal', 'leader', '/otter/canal/destinations/:destination/running', 'single node'),
  row('DolphinScheduler', 'lock', '/dolphinscheduler/lock/:name', 'lock'),
]
