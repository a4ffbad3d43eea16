# kazoo's recipes at the end of a pipe. A line in: id, actor, verb, arguments, parted by tabs; a line out: id, `ok` or
# `error`, what came of it. Each actor is a thread of its own.
import queue
import sys
import threading

from kazoo.client import KazooClient

zk = KazooClient(hosts=sys.argv[1], timeout=10)
zk.start(timeout=30)
held = {}
printing = threading.Lock()


def act(actor, verb, path, *args):
    key = (actor, path)
    if verb in ("lock", "read", "write"):
        recipe = {"lock": zk.Lock, "read": zk.ReadLock, "write": zk.WriteLock}[verb](path, actor)
        recipe.acquire()
        held[key] = recipe
    elif verb == "unlock":
        held.pop(key).release()
    elif verb == "lease":
        semaphore = zk.Semaphore(path, actor, max_leases=int(args[0]))
        semaphore.acquire()
        held[key] = semaphore
    elif verb == "return":
        held.pop(key).release()
    elif verb == "lead":
        # Election.run leads for as long as a function runs.
        leading, resigned = threading.Event(), threading.Event()
        election = zk.Election(path, args[0])

        def lead():
            leading.set()
            resigned.wait()

        thread = threading.Thread(target=election.run, args=(lead,), daemon=True)
        thread.start()
        held[key] = (resigned, thread)
        leading.wait()
        return election.contenders()[0]
    elif verb == "resign":
        resigned, thread = held.pop(key)
        resigned.set()
        thread.join()
    elif verb == "pass":
        zk.Barrier(path).wait()
    elif verb == "enter":
        barrier = zk.DoubleBarrier(path, int(args[0]))
        barrier.enter()
        held[key] = barrier
    elif verb == "leave":
        held.pop(key).leave()
    elif verb == "put":
        recipe = zk.LockingQueue(path) if args[0] == "kazoo-locking" else zk.Queue(path)
        recipe.put(args[1].encode())
    elif verb == "take":
        if args[0] == "kazoo-locking":
            recipe = zk.LockingQueue(path)
            item = recipe.get(timeout=30)
            assert recipe.consume()
        else:
            item = zk.Queue(path).get()
        return item.decode()
    elif verb == "add":
        counter = zk.Counter(path, support_curator=args[0] == "int32")
        counter += int(args[1])
        return str(counter.post_value)
    elif verb == "join":
        held[key] = zk.Party(path, args[0])
        held[key].join()
    elif verb == "members":
        return ",".join(sorted(held[key]))
    elif verb == "part":
        held.pop(key).leave()
    else:
        raise ValueError(verb)
    return ""


def work(lines):
    while True:
        number, *parts = lines.get()
        try:
            outcome = "ok\t%s" % act(*parts)
        except Exception as error:
            outcome = "error\t%r" % error
        with printing:
            print("%s\t%s" % (number, outcome.replace("\n", " ")), flush=True)


actors = {}
for line in sys.stdin:
    parts = line.rstrip("\n").split("\t")
    if parts[1] not in actors:
        actors[parts[1]] = queue.Queue()
        threading.Thread(target=work, args=(actors[parts[1]],), daemon=True).start()
    actors[parts[1]].put(parts)
