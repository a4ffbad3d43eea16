// The words of `zabscope log --help` and `zabscope snapshot --help`.

export const TOOL_HELP = `Print, verify and rebuild ZooKeeper's transaction logs and snapshots. Nothing that is read is changed.

Usage
  zabscope log [options] FILE|DIR...       transaction logs, log.<zxid>
  zabscope snapshot [options] FILE|DIR...  snapshots, snapshot.<zxid>, also .gz and .snappy
A data directory (with version-2 in it, or that itself) is verified as a whole, and told what a start would make of it.

Options
  --json              one JSON object a line; zxids and session ids as hex text, data as base64
  -d, --data          with the data of znodes
  --stats             sizes and counts only
  --verify            only whether it is whole: exit code 1 when not, with where and what is intact
  -r, --rebuild OUT   write a new, valid file from what is intact; OUT must not exist
  --from, --to ZXID   logs: only these transactions, both included
  --session ID        logs: only those of this session
  --data-log-dir DIR  where the logs of a data directory lie, if not in it

Examples
  zabscope log --stats data/version-2/log.100000001
  zabscope log --from 0x100000003 --session 0x100000f8aa3001a -d data/version-2/log.*
  zabscope snapshot --rebuild new/snapshot.5 data/version-2/snapshot.5
  zabscope log --verify /var/lib/zookeeper
`
