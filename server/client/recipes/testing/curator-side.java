// Curator's recipes at the end of a pipe. A line in: id, actor, verb, arguments, parted by tabs; a line out: id, `ok` or
// `error`, what came of it. Each actor is a thread of its own, because Curator's locks belong to threads.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryForever;

class CuratorSide {
    static CuratorFramework zk;
    /** What actors hold, by actor and path. */
    static final Map<String, Object> held = new ConcurrentHashMap<>();

    static final QueueSerializer<String> TEXT = new QueueSerializer<>() {
        public byte[] serialize(String item) {
            return item.getBytes(StandardCharsets.UTF_8);
        }

        public String deserialize(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    };

    public static void main(String[] args) throws Exception {
        zk = CuratorFrameworkFactory.newClient(args[0], 10000, 10000, new RetryForever(50));
        zk.start();
        Map<String, ExecutorService> actors = new ConcurrentHashMap<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split("\t");
            actors.computeIfAbsent(parts[1], name -> Executors.newSingleThreadExecutor()).submit(() -> answer(parts));
        }
        System.exit(0);
    }

    static void answer(String[] parts) {
        String outcome;
        try {
            outcome = "ok\t" + act(parts[1], parts[2], Arrays.copyOfRange(parts, 3, parts.length));
        } catch (Throwable e) {
            outcome = "error\t" + e.toString().replace('\n', ' ');
        }
        synchronized (System.out) {
            System.out.println(parts[0] + "\t" + outcome);
            System.out.flush();
        }
    }

    static String act(String actor, String verb, String[] args) throws Exception {
        String path = args[0];
        String key = actor + " " + path;
        switch (verb) {
            case "lock": {
                InterProcessMutex mutex = new InterProcessMutex(zk, path);
                mutex.acquire();
                held.put(key, mutex);
                return "";
            }
            case "read":
            case "write": {
                InterProcessReadWriteLock both = new InterProcessReadWriteLock(zk, path);
                InterProcessMutex one = verb.equals("read") ? both.readLock() : both.writeLock();
                one.acquire();
                held.put(key, one);
                return "";
            }
            case "unlock":
                ((InterProcessMutex) held.remove(key)).release();
                return "";
            case "lease":
                held.put(key, new InterProcessSemaphoreV2(zk, path, Integer.parseInt(args[1])).acquire());
                return "";
            case "return":
                ((Lease) held.remove(key)).close();
                return "";
            case "lead": {
                LeaderLatch latch = new LeaderLatch(zk, path, args[1]);
                latch.start();
                held.put(key, latch);
                latch.await();
                return latch.getLeader().getId();
            }
            case "resign":
                ((LeaderLatch) held.remove(key)).close();
                return "";
            case "pass":
                new DistributedBarrier(zk, path).waitOnBarrier();
                return "";
            case "enter": {
                DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(zk, path, Integer.parseInt(args[1]));
                barrier.enter();
                held.put(key, barrier);
                return "";
            }
            case "leave":
                ((DistributedDoubleBarrier) held.remove(key)).leave();
                return "";
            case "put":
                put(path, args[1], args[2]);
                return "";
            case "take":
                return args[1].equals("simple") ? TEXT.deserialize(new SimpleDistributedQueue(zk, path).take()) : take(path, args[1]);
            case "add": {
                if (args[1].equals("int64"))
                    return String.valueOf(new DistributedAtomicLong(zk, path, new RetryForever(10)).add(Long.valueOf(args[2])).postValue());
                try (SharedCount count = new SharedCount(zk, path, 0)) {
                    count.start();
                    while (!count.trySetCount(count.getVersionedValue(), count.getCount() + Integer.parseInt(args[2]))) {
                        // Somebody was faster: its value has been read by now.
                    }
                    return String.valueOf(count.getCount());
                }
            }
            case "join": {
                GroupMember member = new GroupMember(zk, path, args[1]);
                member.start();
                held.put(key, member);
                return "";
            }
            case "members":
                return String.join(",", new TreeSet<>(((GroupMember) held.get(key)).getCurrentMembers().keySet()));
            case "part":
                ((GroupMember) held.remove(key)).close();
                return "";
            default:
                throw new IllegalArgumentException(verb);
        }
    }

    static void put(String path, String layout, String item) throws Exception {
        if (layout.equals("simple")) {
            new SimpleDistributedQueue(zk, path).offer(TEXT.serialize(item));
            return;
        }
        try (DistributedQueue<String> queue = QueueBuilder.builder(zk, null, TEXT, path).buildQueue()) {
            queue.start();
            queue.put(item);
            queue.flushPuts(10, TimeUnit.SECONDS);
        }
    }

    /** With lock safety: `layout` is the lock path. */
    static String take(String path, String layout) throws Exception {
        LinkedBlockingQueue<String> items = new LinkedBlockingQueue<>();
        QueueConsumer<String> consumer = new QueueConsumer<>() {
            public void consumeMessage(String item) {
                items.add(item);
            }

            public void stateChanged(CuratorFramework client, ConnectionState state) {}
        };
        try (DistributedQueue<String> queue = QueueBuilder.builder(zk, consumer, TEXT, path).lockPath(layout).buildQueue()) {
            queue.start();
            String item = items.take();
            // The item goes after its consumer has returned.
            while (!zk.getChildren().forPath(path).isEmpty()) Thread.sleep(5);
            return item;
        }
    }
}
