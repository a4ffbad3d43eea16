// Curator and its recipes against an ensemble. Each prints `RESULT name ok` or `RESULT name FAILED why`; a line `KILL`
// asks whoever started us to kill the leader and to answer with a line when that is done.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.PathChildrenCache;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;

class CuratorRecipes {
    static final int WAIT_S = 40;
    static String hosts;
    static final BufferedReader answers = new BufferedReader(new InputStreamReader(System.in));
    static final List<CuratorFramework> open = new ArrayList<>();
    static final ExecutorService threads = Executors.newCachedThreadPool();

    interface Test {
        void run() throws Exception;
    }

    static CuratorFramework client() throws Exception {
        CuratorFramework made =
                CuratorFrameworkFactory.newClient(hosts, 8000, 8000, new ExponentialBackoffRetry(100, 20, 1000));
        made.start();
        if (!made.blockUntilConnected(WAIT_S, TimeUnit.SECONDS)) throw new IllegalStateException("not connected");
        open.add(made);
        return made;
    }

    static String fresh() {
        return "/curator-" + UUID.randomUUID();
    }

    static void expect(Object actual, Object wanted) {
        if (!wanted.equals(actual)) throw new AssertionError("got " + actual + " instead of " + wanted);
    }

    static void until(String what, Callable<Boolean> ask) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
        while (System.nanoTime() < deadline) {
            if (ask.call()) return;
            Thread.sleep(20);
        }
        throw new AssertionError("waited for " + what);
    }

    static void killLeader() throws Exception {
        System.out.println("KILL");
        expect(answers.readLine(), "killed");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void basics() throws Exception {
        CuratorFramework zk = client();
        String path = fresh();
        expect(zk.create().creatingParentsIfNeeded().forPath(path + "/a/b", bytes("one")), path + "/a/b");
        expect(zk.setData().withVersion(0).forPath(path + "/a/b", bytes("two")).getVersion(), 1);
        expect(new String(zk.getData().forPath(path + "/a/b")), "two");
        expect(zk.create().withProtection().withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath(path + "/p-").contains("_c_"), true);
        List<CuratorTransactionResult> results = zk.transaction().forOperations(
                zk.transactionOp().create().forPath(path + "/t", bytes("1")),
                zk.transactionOp().setData().forPath(path + "/t", bytes("2")),
                zk.transactionOp().check().withVersion(1).forPath(path + "/t"),
                zk.transactionOp().delete().forPath(path + "/a/b"));
        expect(results.size(), 4);
        expect(zk.checkExists().forPath(path + "/a/b") == null, true);
        CuratorFramework inside = zk.usingNamespace(path.substring(1));
        expect(new String(inside.getData().forPath("/t")), "2");
        zk.delete().deletingChildrenIfNeeded().forPath(path);
        expect(zk.checkExists().forPath(path) == null, true);
    }

    static void mutex() throws Exception {
        CuratorFramework a = client(), b = client();
        String path = fresh();
        InterProcessMutex first = new InterProcessMutex(a, path), second = new InterProcessMutex(b, path);
        first.acquire();
        expect(second.acquire(200, TimeUnit.MILLISECONDS), false);
        Future<Boolean> waiting = threads.submit(() -> second.acquire(WAIT_S, TimeUnit.SECONDS));
        until("two participants", () -> first.getParticipantNodes().size() == 2);
        killLeader();
        expect(waiting.isDone(), false);
        first.release();
        expect(waiting.get(WAIT_S, TimeUnit.SECONDS), true);
    }

    static void readWriteLock() throws Exception {
        String path = fresh();
        InterProcessReadWriteLock one = new InterProcessReadWriteLock(client(), path);
        InterProcessReadWriteLock two = new InterProcessReadWriteLock(client(), path);
        one.readLock().acquire();
        expect(two.readLock().acquire(WAIT_S, TimeUnit.SECONDS), true);
        expect(threads.submit(() -> {
            return new InterProcessReadWriteLock(client(), path).writeLock().acquire(200, TimeUnit.MILLISECONDS);
        }).get(), false);
        one.readLock().release();
        two.readLock().release();
        expect(two.writeLock().acquire(WAIT_S, TimeUnit.SECONDS), true);
        expect(one.readLock().acquire(200, TimeUnit.MILLISECONDS), false);
        two.writeLock().release();
    }

    static void semaphore() throws Exception {
        String path = fresh();
        InterProcessSemaphoreV2 one = new InterProcessSemaphoreV2(client(), path, 2);
        InterProcessSemaphoreV2 two = new InterProcessSemaphoreV2(client(), path, 2);
        Lease first = one.acquire();
        Lease second = two.acquire();
        expect(two.acquire(200, TimeUnit.MILLISECONDS) == null, true);
        one.returnLease(first);
        Lease third = two.acquire(WAIT_S, TimeUnit.SECONDS);
        expect(third != null, true);
        two.returnLease(second);
        two.returnLease(third);
    }

    static void leaderLatch() throws Exception {
        String path = fresh();
        LeaderLatch one = new LeaderLatch(client(), path, "one"), two = new LeaderLatch(client(), path, "two");
        one.start();
        expect(one.await(WAIT_S, TimeUnit.SECONDS), true);
        two.start();
        until("two participants", () -> one.getParticipants().size() == 2);
        expect(two.hasLeadership(), false);
        killLeader();
        until("one leader after the server's death", () -> one.hasLeadership() != two.hasLeadership());
        LeaderLatch leading = one.hasLeadership() ? one : two;
        leading.close();
        expect((leading == one ? two : one).await(WAIT_S, TimeUnit.SECONDS), true);
    }

    static void leaderSelector() throws Exception {
        String path = fresh();
        AtomicInteger leading = new AtomicInteger(), most = new AtomicInteger();
        CountDownLatch turns = new CountDownLatch(4);
        List<LeaderSelector> selectors = new ArrayList<>();
        for (int at = 0; at < 2; at++) {
            LeaderSelector selector = new LeaderSelector(client(), path, new LeaderSelectorListenerAdapter() {
                @Override
                public void takeLeadership(CuratorFramework zk) throws Exception {
                    most.accumulateAndGet(leading.incrementAndGet(), Math::max);
                    Thread.sleep(20);
                    leading.decrementAndGet();
                    turns.countDown();
                }
            });
            selector.autoRequeue();
            selector.start();
            selectors.add(selector);
        }
        expect(turns.await(WAIT_S, TimeUnit.SECONDS), true);
        expect(most.get(), 1);
        for (LeaderSelector selector : selectors) selector.close();
    }

    static void barrier() throws Exception {
        String path = fresh();
        DistributedBarrier gate = new DistributedBarrier(client(), path);
        gate.setBarrier();
        DistributedBarrier other = new DistributedBarrier(client(), path);
        expect(other.waitOnBarrier(200, TimeUnit.MILLISECONDS), false);
        gate.removeBarrier();
        expect(other.waitOnBarrier(WAIT_S, TimeUnit.SECONDS), true);
    }

    static void doubleBarrier() throws Exception {
        String path = fresh();
        List<Future<Boolean>> walkers = new ArrayList<>();
        for (int at = 0; at < 3; at++) {
            DistributedDoubleBarrier gate = new DistributedDoubleBarrier(client(), path, 3);
            walkers.add(threads.submit(() -> gate.enter(WAIT_S, TimeUnit.SECONDS) && gate.leave(WAIT_S, TimeUnit.SECONDS)));
        }
        for (Future<Boolean> walker : walkers) expect(walker.get(), true);
    }

    static void queue() throws Exception {
        LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
        QueueConsumer<String> consumer = new QueueConsumer<String>() {
            @Override
            public void consumeMessage(String message) {
                received.add(message);
            }

            @Override
            public void stateChanged(CuratorFramework zk, ConnectionState state) {}
        };
        QueueSerializer<String> serializer = new QueueSerializer<String>() {
            @Override
            public byte[] serialize(String item) {
                return bytes(item);
            }

            @Override
            public String deserialize(byte[] item) {
                return new String(item);
            }
        };
        DistributedQueue<String> items = QueueBuilder.builder(client(), consumer, serializer, fresh()).buildQueue();
        items.start();
        for (int at = 0; at < 5; at++) items.put("item-" + at);
        for (int at = 0; at < 5; at++) expect(received.poll(WAIT_S, TimeUnit.SECONDS), "item-" + at);
        items.close();
    }

    static void sharedCount() throws Exception {
        String path = fresh();
        SharedCount one = new SharedCount(client(), path, 7), two = new SharedCount(client(), path, 7);
        one.start();
        two.start();
        expect(one.getCount(), 7);
        expect(one.trySetCount(one.getVersionedValue(), 8), true);
        until("the other to see it", () -> two.getCount() == 8);
        one.close();
        two.close();
    }

    static void atomicLong() throws Exception {
        String path = fresh();
        List<Future<?>> counting = new ArrayList<>();
        for (int at = 0; at < 3; at++) {
            DistributedAtomicLong number = new DistributedAtomicLong(client(), path, new ExponentialBackoffRetry(10, 100, 200));
            counting.add(threads.submit(() -> {
                for (int add = 0; add < 20; add++) expect(number.increment().succeeded(), true);
                return null;
            }));
        }
        for (Future<?> one : counting) one.get();
        AtomicValue<Long> value = new DistributedAtomicLong(client(), path, new ExponentialBackoffRetry(10, 100)).get();
        expect(value.postValue(), 60L);
    }

    static void pathChildrenCache() throws Exception {
        CuratorFramework zk = client();
        String path = fresh();
        zk.create().forPath(path);
        PathChildrenCache cache = new PathChildrenCache(zk, path, true);
        cache.start(PathChildrenCache.StartMode.BUILD_INITIAL_CACHE);
        CuratorFramework other = client();
        other.create().forPath(path + "/a", bytes("1"));
        until("the child", () -> cache.getCurrentData(path + "/a") != null);
        other.setData().forPath(path + "/a", bytes("2"));
        until("the data", () -> new String(cache.getCurrentData(path + "/a").getData()).equals("2"));
        other.delete().forPath(path + "/a");
        until("the deletion", () -> cache.getCurrentData().isEmpty());
        cache.close();
    }

    static void curatorCache() throws Exception {
        CuratorFramework zk = client(), other = client();
        String path = fresh();
        zk.create().forPath(path, bytes("root"));
        CuratorCache cache = CuratorCache.build(zk, path);
        cache.start();
        other.create().creatingParentsIfNeeded().forPath(path + "/a/b", bytes("deep"));
        until("the deep node", () -> cache.get(path + "/a/b").isPresent());
        killLeader();
        other.setData().forPath(path + "/a/b", bytes("after"));
        until("the data after the leader's death",
                () -> cache.get(path + "/a/b").map((node) -> new String(node.getData())).orElse("").equals("after"));
        cache.close();
    }

    static void persistentWatcher() throws Exception {
        CuratorFramework zk = client(), other = client();
        String path = fresh();
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        PersistentWatcher watcher = new PersistentWatcher(zk, path, true);
        watcher.getListenable().addListener((event) -> events.add(event.getType() + " " + event.getPath()));
        CountDownLatch set = new CountDownLatch(1);
        watcher.getResetListenable().addListener(set::countDown);
        watcher.start();
        expect(set.await(WAIT_S, TimeUnit.SECONDS), true);
        other.create().forPath(path);
        other.create().forPath(path + "/x");
        other.setData().forPath(path + "/x", bytes("y"));
        other.delete().forPath(path + "/x");
        until("four events", () -> events.size() >= 4);
        expect(new ArrayList<>(events).toString(), List.of("NodeCreated " + path, "NodeCreated " + path + "/x",
                "NodeDataChanged " + path + "/x", "NodeDeleted " + path + "/x").toString());
        watcher.close();
    }

    static void persistentNode() throws Exception {
        CuratorFramework zk = client(), other = client();
        String path = fresh();
        PersistentNode node = new PersistentNode(zk, CreateMode.EPHEMERAL, false, path, bytes("here"));
        node.start();
        expect(node.waitForInitialCreate(WAIT_S, TimeUnit.SECONDS), true);
        other.delete().forPath(path);
        until("the node to come back", () -> other.checkExists().forPath(path) != null);
        node.close();
    }

    static void groupMember() throws Exception {
        String path = fresh();
        GroupMember one = new GroupMember(client(), path, "one"), two = new GroupMember(client(), path, "two");
        one.start();
        two.start();
        until("both members", () -> one.getCurrentMembers().keySet().containsAll(List.of("one", "two")));
        two.close();
        until("one member", () -> one.getCurrentMembers().size() == 1);
        one.close();
    }

    static void run(String name, Test test) {
        try {
            test.run();
            System.out.println("RESULT " + name + " ok");
        } catch (Throwable error) {
            error.printStackTrace();
            System.out.println("RESULT " + name + " FAILED " + String.valueOf(error).replace('\n', ' '));
        }
        for (CuratorFramework zk : open) zk.close();
        open.clear();
    }

    public static void main(String[] args) {
        hosts = args[0];
        run("basics_and_transactions", CuratorRecipes::basics);
        run("InterProcessMutex", CuratorRecipes::mutex);
        run("InterProcessReadWriteLock", CuratorRecipes::readWriteLock);
        run("InterProcessSemaphoreV2", CuratorRecipes::semaphore);
        run("LeaderLatch", CuratorRecipes::leaderLatch);
        run("LeaderSelector", CuratorRecipes::leaderSelector);
        run("DistributedBarrier", CuratorRecipes::barrier);
        run("DistributedDoubleBarrier", CuratorRecipes::doubleBarrier);
        run("DistributedQueue", CuratorRecipes::queue);
        run("SharedCount", CuratorRecipes::sharedCount);
        run("DistributedAtomicLong", CuratorRecipes::atomicLong);
        run("PathChildrenCache", CuratorRecipes::pathChildrenCache);
        run("CuratorCache", CuratorRecipes::curatorCache);
        run("PersistentWatcher", CuratorRecipes::persistentWatcher);
        run("PersistentNode", CuratorRecipes::persistentNode);
        run("GroupMember", CuratorRecipes::groupMember);
        System.out.println("DONE");
        System.exit(0);
    }
}
