// Contenders with Curator's InterProcessMutex, each with a client of its own, in one JVM. Arguments: servers, lock
// directory, path of `inside`, session timeout, longest hold and think in ms, names. Ends when its input ends.

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

class CuratorContender {
    static final long END_MS = 3000;
    static volatile boolean stopping = false;

    /** Tells where its node is. */
    static class Mutex extends InterProcessMutex {
        Mutex(CuratorFramework zk, String path) {
            super(zk, path);
        }

        String node() {
            return getLockPath();
        }
    }

    final CuratorFramework zk;
    final String name;
    final String dir;
    final String inside;
    final int holdMs;
    final int thinkMs;

    CuratorContender(CuratorFramework zk, String name, String dir, String inside, int holdMs, int thinkMs) {
        this.zk = zk;
        this.name = name;
        this.dir = dir;
        this.inside = inside;
        this.holdMs = holdMs;
        this.thinkMs = thinkMs;
    }

    void run() {
        Mutex mutex = new Mutex(zk, dir);
        while (!stopping) {
            try {
                turn(mutex);
            } catch (Exception e) {
                if (!stopping) System.out.println("EVENT trouble " + name + " " + e);
            }
        }
    }

    void turn(Mutex mutex) throws Exception {
        mutex.acquire();
        try {
            if (enter(mutex.node())) {
                Thread.sleep(ThreadLocalRandom.current().nextInt(holdMs));
                leave(mutex.node());
            } else System.out.println("EVENT fenced " + name);
        } finally {
            mutex.release();
        }
        Thread.sleep(ThreadLocalRandom.current().nextInt(thinkMs));
    }

    boolean enter(String node) throws Exception {
        byte[] data = name.getBytes(StandardCharsets.UTF_8);
        try {
            zk.transaction().forOperations(
                    zk.transactionOp().check().forPath(node),
                    zk.transactionOp().create().withMode(CreateMode.EPHEMERAL).forPath(inside, data));
            return true;
        } catch (KeeperException.NoNodeException e) {
            return false;
        } catch (KeeperException.NodeExistsException e) {
            try {
                Stat stat = new Stat();
                byte[] other = zk.getData().storingStatIn(stat).forPath(inside);
                if (stat.getEphemeralOwner() == zk.getZookeeperClient().getZooKeeper().getSessionId()) return true;
                String who = new String(other, StandardCharsets.UTF_8);
                System.out.println("VIOLATION " + name + " has the lock and finds " + who + " inside");
            } catch (KeeperException.NoNodeException gone) {
                // The session that was inside has ended meanwhile.
            }
            return false;
        }
    }

    void leave(String node) throws Exception {
        try {
            zk.transaction().forOperations(
                    zk.transactionOp().check().forPath(node), zk.transactionOp().delete().forPath(inside));
        } catch (KeeperException.NoNodeException e) {
            // Done before, by a try whose answer was lost; or the session has ended, and it went with that.
        }
    }

    public static void main(String[] args) throws Exception {
        int sessionMs = Integer.parseInt(args[3]);
        List<Thread> threads = new ArrayList<>();
        for (int i = 6; i < args.length; i += 1) {
            CuratorFramework zk =
                    CuratorFrameworkFactory.newClient(args[0], sessionMs, sessionMs, new RetryForever(50));
            zk.start();
            CuratorContender one = new CuratorContender(
                    zk, args[i], args[1], args[2], Integer.parseInt(args[4]), Integer.parseInt(args[5]));
            Thread thread = new Thread(one::run, args[i]);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        while (System.in.read() != -1) {
            // Its end is what is waited for.
        }
        stopping = true;
        // Who still waits for the lock is not waited for: its session ends with the process.
        long deadline = System.currentTimeMillis() + END_MS;
        for (Thread thread : threads) thread.join(Math.max(1, deadline - System.currentTimeMillis()));
        System.out.println("DONE");
        System.exit(0);
    }
}
