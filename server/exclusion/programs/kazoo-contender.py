# Contenders with kazoo's Lock under Curator's names, each with a client of its own, in one process. Arguments: servers,
# lock directory, path of `inside`, session timeout, longest hold and think in ms, names. Ends when its input ends.
import os
import random
import sys
import threading
import time
import uuid

from kazoo.client import KazooClient
from kazoo.exceptions import ConnectionLoss, KazooException, NodeExistsError, NoNodeError, OperationTimeoutError
from kazoo.exceptions import SessionExpiredError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.recipe.lock import Lock

SERVERS, LOCK_DIR, INSIDE, SESSION_MS, HOLD_MS, THINK_MS = sys.argv[1:7]
END_S = 3
stopping = threading.Event()
LOST = (ConnectionLoss, OperationTimeoutError)


class CuratorNamed(Lock):
    """kazoo's waiting, with the names that Curator waits for."""

    _NODE_NAME = "-lock-"
    _EXCLUDE_NAMES = ["-lock-"]

    def __init__(self, client, path, identifier):
        super().__init__(client, path, identifier)
        self.prefix = "_c_%s-lock-" % uuid.uuid4()
        self.create_path = path + "/" + self.prefix


def commit(zk, fill):
    """The first error of the transaction, or None; however many connections it takes."""
    while True:
        transaction = zk.transaction()
        fill(transaction)
        try:
            results = transaction.commit()
        except LOST:
            time.sleep(0.05)
            continue
        lost = [result for result in results if isinstance(result, LOST)]
        if lost:
            time.sleep(0.05)
            continue
        errors = [result for result in results if isinstance(result, (NoNodeError, NodeExistsError))]
        if errors:
            return errors[0]
        wrong = [result for result in results if isinstance(result, Exception)]
        if wrong:
            raise wrong[0]
        return None


def enter(zk, node, name):
    def fill(transaction):
        transaction.check(node, -1)
        transaction.create(INSIDE, name.encode(), ephemeral=True)

    error = commit(zk, fill)
    if error is None:
        return True
    if isinstance(error, NodeExistsError):
        try:
            data, stat = zk.retry(zk.get, INSIDE)
        except NoNodeError:
            return False
        if stat.ephemeralOwner == zk.client_id[0]:
            return True
        print("VIOLATION %s has the lock and finds %s inside" % (name, data.decode()), flush=True)
    return False


def leave(zk, node):
    def fill(transaction):
        transaction.check(node, -1)
        transaction.delete(INSIDE)

    commit(zk, fill)


def turn(zk, name):
    lock = CuratorNamed(zk, LOCK_DIR, name)
    if not lock.acquire():
        return
    try:
        node = LOCK_DIR + "/" + lock.node
        if enter(zk, node, name):
            time.sleep(random.random() * int(HOLD_MS) / 1000)
            leave(zk, node)
        else:
            print("EVENT fenced %s" % name, flush=True)
    finally:
        lock.release()
    time.sleep(random.random() * int(THINK_MS) / 1000)


def contend(name):
    while not stopping.is_set():
        zk = KazooClient(hosts=SERVERS, timeout=int(SESSION_MS) / 1000)
        try:
            zk.start(timeout=15)
            while not stopping.is_set():
                turn(zk, name)
        except SessionExpiredError:
            print("EVENT session %s" % name, flush=True)
        except (KazooException, KazooTimeoutError) as error:
            if not stopping.is_set():
                print("EVENT trouble %s %r" % (name, error), flush=True)
        finally:
            zk.stop()
            zk.close()


threads = [threading.Thread(target=contend, args=(name,), daemon=True) for name in sys.argv[7:]]
for thread in threads:
    thread.start()
sys.stdin.read()
stopping.set()
deadline = time.time() + END_S
for thread in threads:
    thread.join(max(0, deadline - time.time()))
print("DONE", flush=True)
# Who still waits for the lock is not waited for: its session ends with the process.
os._exit(0)
