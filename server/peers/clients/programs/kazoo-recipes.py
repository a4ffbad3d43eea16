# kazoo and its recipes against an ensemble. Each prints `RESULT name ok` or `RESULT name FAILED why`; a line `KILL`
# asks whoever started us to kill the leader and to answer with a line when that is done.
import os
import sys
import threading
import time
import traceback
import uuid

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import BadVersionError, CancelledError, NoNodeError, NodeExistsError, NoAuthError, RolledBackError
from kazoo.protocol.states import EventType
from kazoo.recipe.cache import TreeCache
from kazoo.recipe.queue import LockingQueue
from kazoo.security import make_digest_acl

HOSTS = sys.argv[1]
ONLY = sys.argv[2:]
WAIT = 40
open_clients = []


def client(**options):
    zk = KazooClient(hosts=HOSTS, timeout=8, **options)
    zk.start(timeout=WAIT)
    open_clients.append(zk)
    return zk


def fresh():
    return "/kazoo-" + uuid.uuid4().hex


def until(what, ask):
    deadline = time.time() + WAIT
    while time.time() < deadline:
        if ask():
            return
        time.sleep(0.02)
    raise AssertionError("waited for " + what)


def expect(actual, wanted):
    assert actual == wanted, "got %r instead of %r" % (actual, wanted)


def expect_error(error, call, *args, **options):
    try:
        call(*args, **options)
    except error:
        return
    raise AssertionError("%s did not come" % error.__name__)


def kill_leader():
    print("KILL", flush=True)
    assert sys.stdin.readline().strip() == "killed"


def retry(zk, call, *args, **options):
    return zk.retry(call, *args, **options)


def basics():
    zk, path = client(), fresh()
    expect(zk.create(path, b"one"), path)
    expect_error(NodeExistsError, zk.create, path, b"x")
    data, stat = zk.get(path)
    expect((data, stat.version, stat.dataLength), (b"one", 0, 3))
    expect(zk.set(path, b"two", version=0).version, 1)
    expect_error(BadVersionError, zk.set, path, b"three", version=0)
    expect(zk.create(path + "/s-", sequence=True), path + "/s-0000000000")
    made, made_stat = zk.create(path + "/e", b"e", ephemeral=True, include_data=True)
    expect(made_stat.ephemeralOwner, zk.client_id[0])
    expect(sorted(zk.get_children(path)), ["e", "s-0000000000"])
    zk.ensure_path(path + "/a/b/c")
    expect(zk.exists(path + "/a/b/c").numChildren, 0)
    zk.sync(path)
    zk.delete(path, recursive=True)
    expect(zk.exists(path), None)
    expect_error(NoNodeError, zk.get, path)


def acls():
    path = fresh()
    owner = client(auth_data=[("digest", "bob:secret")])
    owner.create(path, b"mine", acl=[make_digest_acl("bob", "secret", all=True)])
    expect(owner.get(path)[0], b"mine")
    other = client()
    expect_error(NoAuthError, other.get, path)
    other.add_auth("digest", "bob:secret")
    expect(other.get(path)[0], b"mine")
    acl, _ = other.get_acls(path)
    expect(acl[0].id.scheme, "digest")


def transactions():
    zk, path = client(), fresh()
    both = zk.transaction()
    both.create(path, b"1")
    both.create(path + "/child", b"2")
    both.set_data(path, b"3")
    both.check(path, 1)
    results = both.commit()
    expect(results[0], path)
    expect(results[2].version, 1)
    none = zk.transaction()
    none.delete(path + "/child")
    none.check(path, 7)
    results = none.commit()
    expect(isinstance(results[0], RolledBackError), True)
    expect(isinstance(results[1], BadVersionError), True)
    expect(zk.exists(path + "/child") is not None, True)


def watches():
    zk, other, path = client(), client(), fresh()
    zk.ensure_path(path)
    seen_data, seen_children, events = [], [], []
    zk.DataWatch(path, lambda data, stat: seen_data.append(data))
    zk.ChildrenWatch(path, lambda children: seen_children.append(sorted(children)))
    zk.exists(path + "/later", watch=events.append)
    other.set(path, b"new")
    other.create(path + "/later", b"")
    until("the data", lambda: b"new" in seen_data)
    until("the child", lambda: ["later"] in seen_children)
    until("the event", lambda: len(events) == 1)
    expect(events[0].type, EventType.CREATED)
    kill_leader()
    retry(other, other.set, path, b"after")
    until("the data after the leader's death", lambda: seen_data[-1] == b"after")


def lock():
    a, b, path, order = client(), client(), fresh(), []
    first, second = a.Lock(path, "a"), b.Lock(path, "b")
    assert first.acquire(timeout=WAIT)

    def wait():
        with second:
            order.append("b")

    thread = threading.Thread(target=wait)
    thread.start()
    until("both contenders", lambda: len(a.Lock(path).contenders()) == 2)
    kill_leader()
    expect(second.is_acquired, False)
    order.append("a")
    retry(a, first.release)
    thread.join(WAIT)
    expect(order, ["a", "b"])


def read_write_lock():
    a, b, c, path = client(), client(), client(), fresh()
    read1, read2, write = a.ReadLock(path, "r1"), b.ReadLock(path, "r2"), c.WriteLock(path, "w")
    assert read1.acquire(timeout=WAIT) and read2.acquire(timeout=WAIT)
    expect(write.acquire(blocking=False), False)
    read1.release()
    read2.release()
    assert write.acquire(timeout=WAIT)
    expect(a.ReadLock(path, "r3").acquire(blocking=False), False)
    write.release()


def semaphore():
    clients, path = [client() for _ in range(3)], fresh()
    held = [zk.Semaphore(path, str(at), max_leases=2) for at, zk in enumerate(clients)]
    assert held[0].acquire(timeout=WAIT) and held[1].acquire(timeout=WAIT)
    expect(held[2].acquire(blocking=False), False)
    held[0].release()
    assert held[2].acquire(timeout=WAIT)
    expect(len(held[2].lease_holders()), 2)


def election():
    a, b, path, led = client(), client(), fresh(), []
    release = threading.Event()

    def lead(name):
        led.append(name)
        release.wait(WAIT)

    def run(zk, name):
        try:
            zk.Election(path, name).run(lead, name)
        except CancelledError:
            pass

    threads = [threading.Thread(target=run, args=(zk, name), daemon=True) for zk, name in ((a, "a"), (b, "b"))]
    threads[0].start()
    until("the first leader", lambda: led == ["a"])
    threads[1].start()
    until("two contenders", lambda: len(a.Election(path).contenders()) == 2)
    expect(led, ["a"])
    release.set()
    until("the second leader", lambda: led == ["a", "b"])
    for thread in threads:
        thread.join(WAIT)


def barrier():
    zk, other, path = client(), client(), fresh()
    gate = zk.Barrier(path)
    gate.create()
    expect(other.Barrier(path).wait(timeout=0.2), False)
    gate.remove()
    expect(other.Barrier(path).wait(timeout=WAIT), True)


def double_barrier():
    path, inside, left = fresh(), [], []

    def walk(zk):
        gate = zk.DoubleBarrier(path, 3)
        gate.enter()
        inside.append(1)
        gate.leave()
        left.append(1)

    threads = [threading.Thread(target=walk, args=(client(),)) for _ in range(3)]
    for thread in threads[:2]:
        thread.start()
    time.sleep(0.3)
    expect(inside, [])
    threads[2].start()
    for thread in threads:
        thread.join(WAIT)
    expect((len(inside), len(left)), (3, 3))


def queue():
    zk, path = client(), fresh()
    items = zk.Queue(path)
    items.put(b"low", priority=200)
    items.put(b"high", priority=1)
    expect(len(items), 2)
    expect([items.get(), items.get(), items.get()], [b"high", b"low", None])


def locking_queue():
    zk, other, path = client(), client(), fresh()
    mine, theirs = LockingQueue(zk, path), LockingQueue(other, path)
    mine.put_all([b"1", b"2"])
    expect(mine.get(timeout=WAIT), b"1")
    expect(theirs.get(timeout=WAIT), b"2")
    expect(mine.consume() and theirs.consume(), True)
    expect(mine.get(timeout=0.2), None)


def counter():
    clients, path = [client() for _ in range(3)], fresh()

    def count(zk):
        number = zk.Counter(path)
        for _ in range(20):
            number += 1

    threads = [threading.Thread(target=count, args=(zk,)) for zk in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    clients[0].sync(path)
    expect(clients[0].Counter(path).value, 60)


def party():
    a, b, path = client(), client(), fresh()
    a.Party(path, "anna").join()
    b.Party(path, "bob").join()
    a.sync(path)
    expect(sorted(a.Party(path)), ["anna", "bob"])
    expect(len(a.ShallowParty(path)), 2)
    b.stop()
    until("bob to be gone", lambda: list(a.Party(path)) == ["anna"])


def set_partitioner():
    path, clients = fresh(), {"one": client(), "two": client()}
    parts = [zk.SetPartitioner(path, (1, 2, 3, 4), identifier=name, time_boundary=0.3) for name, zk in clients.items()]

    def settled():
        for part in parts:
            if part.release:
                part.release_set()
            elif part.allocating:
                part.wait_for_acquire(0.2)
        return all(part.acquired for part in parts) and sum(len(list(part)) for part in parts) == 4

    until("all parts to be allocated", settled)
    expect(sorted(item for part in parts for item in part), [1, 2, 3, 4])
    for part in parts:
        part.finish()


def tree_cache():
    zk, other, path = client(), client(), fresh()
    zk.ensure_path(path)
    cache = TreeCache(zk, path)
    events = []
    cache.listen(lambda event: events.append(event.event_type) is None)
    cache.start()
    other.create(path + "/a/b", b"deep", makepath=True)
    until("the cache", lambda: getattr(cache.get_data(path + "/a/b"), "data", None) == b"deep")
    kill_leader()
    retry(other, other.set, path + "/a/b", b"after")
    until("the cache after the leader's death", lambda: cache.get_data(path + "/a/b").data == b"after")
    retry(other, other.delete, path + "/a", recursive=True)
    until("the deletion", lambda: cache.get_data(path + "/a") is None)
    cache.close()


def leases():
    zk, path = client(), fresh()
    import datetime

    lease = zk.NonBlockingLease(path, datetime.timedelta(seconds=30), identifier="one")
    expect(bool(lease), True)
    expect(bool(client().NonBlockingLease(path, datetime.timedelta(seconds=30), identifier="two")), False)


def session_survives():
    zk, path, states = client(), fresh(), []
    zk.add_listener(states.append)
    zk.create(path, b"", ephemeral=True)
    session = zk.client_id[0]
    kill_leader()
    retry(zk, zk.set, path, b"still")
    expect(zk.client_id[0], session)
    expect(KazooState.LOST in states, False)
    expect(retry(zk, zk.get, path)[1].ephemeralOwner, session)


TESTS = [
    basics, acls, transactions, watches, lock, read_write_lock, semaphore, election, barrier, double_barrier, queue,
    locking_queue, counter, party, set_partitioner, tree_cache, leases, session_survives,
]

for test in TESTS:
    if ONLY and test.__name__ not in ONLY:
        continue
    try:
        test()
        print("RESULT %s ok" % test.__name__, flush=True)
    except BaseException:
        traceback.print_exc()
        why = traceback.format_exc().strip().splitlines()[-1]
        print("RESULT %s FAILED %s" % (test.__name__, why), flush=True)
    for zk in open_clients:
        try:
            zk.stop()
            zk.close()
        except Exception:
            pass
    del open_clients[:]
print("DONE", flush=True)
os._exit(0)
