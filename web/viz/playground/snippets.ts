// Programs that connect a client of one's own, with this ensemble's addresses filled in. Text only; tried against members by
// hand and, for kazoo and zkCli, by the tests of other folders.

export const SNIPPET_LANGUAGES = ['zkcli', 'python', 'java', 'typescript'] as const
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number]

/** `servers`: `127.0.0.1:2181,…`. */
export function snippets(servers: string): Record<SnippetLanguage, string> {
  return {
    zkcli: `zkCli.sh -server ${servers}
create /hello world
get -w /hello`,
    python: `from kazoo.client import KazooClient

zk = KazooClient(hosts="${servers}")
zk.start()
with zk.Lock("/locks/mine", "me"):
    zk.ensure_path("/hello")
    zk.set("/hello", b"world")
zk.stop()`,
    java: `var client = CuratorFrameworkFactory.newClient(
    "${servers}", new ExponentialBackoffRetry(200, 5));
client.start();
var lock = new InterProcessMutex(client, "/locks/mine");
lock.acquire();
try {
  client.create().orSetData().creatingParentsIfNeeded().forPath("/hello", "world".getBytes());
} finally {
  lock.release();
}`,
    typescript: `import { withLock, ZooKeeper } from 'zabscope/client'

const zk = await ZooKeeper.connect({ servers: '${servers}' })
await withLock(zk, '/locks/mine', async ({ fencingToken }) => {
  await zk.create('/hello', \`world \${fencingToken}\`)
})
await zk.close()`,
  }
}
