// What this server calls itself. Clients parse the leading digits, which name the ZooKeeper release whose
// behaviour towards clients it has.

export const ZOOKEEPER_LEVEL = '3.9.3'
export const VERSION_TEXT = `${ZOOKEEPER_LEVEL}-zabscope-0.1.0, built on 2026-11-23 00:00 UTC`
