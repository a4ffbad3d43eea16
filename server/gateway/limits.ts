// The limits of the gateway in one place: name, unit, and what happens when one is reached.

/** Header bytes of a request; more is answered 431. */
export const HEADER_BYTES_MAX = 16 * 1024
export const HEADERS_TIMEOUT_MS = 10_000
export const REQUEST_TIMEOUT_MS = 30_000
/** How often slow requests are looked for: so much longer than the two above they may take. */
export const SLOW_LOOK_MS = 2000
/** [D-1] The event loop is looked at this often; this late for this long, reads are answered 503 and pages turned away. */
export const LAG_LOOK_MS = 500
export const LAG_SHED_MS = 200
export const LAG_SHED_AFTER_MS = 5000
/** … while it had work of its own for this share of the time: a machine that is merely busy is none of our doing. */
export const LAG_BUSY_MIN = 0.8
/** TCP connections at once; more are refused by the kernel's queue. */
export const CONNECTIONS_MAX = 500

/** Pages connected at once; the next one gets a connect_error. */
export const SOCKETS_MAX = 200
/** Bytes of one message from a page; a larger one ends the connection. */
export const MESSAGE_BYTES_MAX = 256 * 1024
/** Without a valid token within this time the connection is closed. */
export const CONNECT_TIMEOUT_MS = 10_000
/** Requests of one page: tokens refilled a second, and the most that pile up. Above it: a RATE answer. */
export const REQUESTS_PER_SECOND = 60
export const REQUESTS_BURST = 120
/** Malformed or unknown messages of one page; then it is disconnected. */
export const BAD_MESSAGES_MAX = 20

/** A frame of events leaves this often. */
export const FRAME_MS = 33
/** Messages that wait for a slow page, about three seconds of frames; then it gets `resync` instead of events. */
export const WAITING_MESSAGES_MAX = 64
/** Requests of one page that are being worked on; the next is answered with BUSY. */
export const PENDING_REQUESTS_MAX = 100
/** A page that has not caught up by then is disconnected. */
export const LAG_MS_MAX = 10_000
/** Events kept for pages that reconnect; the oldest go first, and such a page gets a snapshot. */
export const HISTORY_EVENTS_MAX = 20_000

/** Bytes of one frame of a member's event stream; a larger one ends that stream. */
export const STREAM_FRAME_BYTES_MAX = 8 * 1024 * 1024
/** Watches of one hello that the log takes, the newest; a member's count stays exact. */
export const FOUND_WATCHES_MAX = 50
export const RECONNECT_FIRST_MS = 20
export const RECONNECT_LAST_MS = 1000

/** Paths that one page watches; the next is answered with LIMIT. */
export const WATCHES_PER_SOCKET_MAX = 500
/** Paths watched by the gateway's session for all pages. */
export const WATCHES_MAX = 10_000
/** Changes of one path are told to a page at most this often. */
export const CHANGE_INTERVAL_MS = 100
/** Sorted lists of children kept, so that paging a large node does not list it again, and their bytes; a million names are some 20 MiB. */
export const LISTS_MAX = 16
export const LISTS_BYTES_MAX = 128 * 1024 * 1024
/** Children from which a list is kept; shorter ones are listed again. */
export const LIST_KEPT_FROM = 100
/** A list that has changed is listed again after so many times what it took; until then it is shown, and said to be older. */
export const LIST_AGAIN_FACTOR = 10
/** Children of a znode that are listed; one with more is refused with TOO_LARGE. */
export const LIST_NAMES_MAX = 3_000_000
/** Names of which one request asks the positions. */
export const PLACES_MAX = 500
/** Requests of the gateway to the ensemble that wait for answers; more wait their turn. */
export const ENSEMBLE_OUTSTANDING_MAX = 256

/** Lock directories remembered; the one not seen for longest goes first. */
export const LOCK_DIRECTORIES_MAX = 200
/** Children of a lock directory that are read; the rest of the queue is not shown. */
export const LOCK_CHILDREN_MAX = 500
/** Open lock directories of one page. */
export const LOCKS_PER_SOCKET_MAX = 20
/** Paths that one page watches for its open locks: a semaphore is several directories. */
export const LOCK_WATCHES_PER_SOCKET_MAX = 3 * LOCKS_PER_SOCKET_MAX
/** Locks whose history is kept; the one that changed longest ago goes first, unless a page looks at it. */
export const LOCKS_TRACKED_MAX = 100
/** A listing waits so long for the stream to tell what it shows; then it tells itself, without reasons. */
export const LOCK_STREAM_WAIT_MS = 300
/** While a page looks at a lock with waiters, the watch tables are asked again after so long. */
export const LOCK_LOOK_MS = 3000
/** After a gap, locks that nobody looks at are listed again at this pace. */
export const STALE_READ_MS = 200
/** Characters of a contender's data. */
export const LOCK_DATA_MAX = 256
/** Nodes listed by the first search for lock directories, how deep it goes, and how large a node may be. */
export const LOCK_SCAN_NODES_MAX = 200
export const LOCK_SCAN_DEPTH_MAX = 4
export const LOCK_SCAN_CHILDREN_MAX = 2000

/** Bytes of the audit log's file, and files kept; the oldest is deleted. */
export const AUDIT_FILE_BYTES_MAX = 8 * 1024 * 1024
export const AUDIT_FILES_MAX = 8

/** Characters of a password. */
export const PASSWORD_LENGTH_MIN = 12
export const PASSWORD_LENGTH_MAX = 128
/** Password hashes, of 128 MiB each, worked on at once; logins that wait for one; the next is answered with RATE. */
export const HASHES_AT_ONCE_MAX = 2
export const HASHES_WAITING_MAX = 8
/** Users, and API tokens, of one file. */
export const USERS_MAX = 1000
/** How often the user file is looked at, and open sockets are asked whether they still may be. */
export const USER_FILE_CHECK_MS = 500
/** Failed logins of an account or an address before they have to wait, and the waits: doubling from first to last. */
export const LOGIN_FAILURES_FREE = 5
export const LOGIN_WAIT_FIRST_MS = 1000
export const LOGIN_WAIT_LAST_MS = 15 * 60_000
/** Accounts and addresses whose failures are remembered; the one that failed longest ago goes first. */
export const LOGIN_COUNTERS_MAX = 10_000
/** A login ends after so long without use, and after so long anyway. */
export const LOGIN_IDLE_MS_MAX = 30 * 60_000
export const LOGIN_MS_MAX = 12 * 60 * 60_000
/** What is dangerous wants a password that was entered no longer ago. */
export const PASSWORD_FRESH_MS_MAX = 5 * 60_000
/** Logins at once; the oldest ends. */
export const LOGINS_MAX = 1000
/** Sockets of one user; the next gets a connect_error. */
export const SOCKETS_PER_USER_MAX = 50

/** Bytes of the body of a REST request, where its route has no limit of its own; more is answered with TOO_LARGE. */
export const BODY_BYTES_MAX = 2 * 1024 * 1024
/** REST requests that are being worked on; the next is answered with BUSY. */
export const REST_PENDING_MAX = 100
/** Callers of REST whose rate is remembered; the one that asked longest ago goes first. */
export const REST_CALLERS_MAX = 1000

/** What the gateway costs the ensemble is told to pages this often, when it has changed. */
export const LOAD_TELL_MS = 5000

/** Znodes that one walk over a subtree visits; the answer says that there are more. */
export const WALK_NODES_MAX = 100_000
/** A search of names asks the server whether a znode of at least so many children has only leaves, and so many times. */
export const LEAVES_ASKED_FROM = 1000
export const LEAVES_ASKED_MAX = 20
/** Requests of a walk that are on their way, and how many it makes a second. */
export const WALK_AT_ONCE = 16
export const WALK_REQUESTS_PER_SECOND = 4000
/** Long requests at once, in all and of one caller; the next is answered with BUSY. */
export const JOBS_MAX = 8
export const JOBS_PER_CLIENT_MAX = 2
/** A long request is ended after so long; a search answers after so long with what it has. */
export const JOB_MS_MAX = 10 * 60_000
export const SEARCH_MS_MAX = 5 * 60_000
/** Znodes that are looked at to tell where a subtree is large, children of one of them, and entries of the answer. */
export const SIZES_VISITS_MAX = 6000
export const SIZES_CHILDREN_MIN = 4
export const SIZES_CHILDREN_MAX = 100
export const SIZES_ENTRIES_MAX = 1500
/** A search may look at more than other walks, and faster; of data it reads so much. */
export const SEARCH_NODES_MAX = 3_000_000
export const SEARCH_AT_ONCE = 100
export const SEARCH_REQUESTS_PER_SECOND = 10_000
/** Names that a search of names holds at once, but for those of one parent alone. */
export const NAMES_LISTED_AT_ONCE = 50_000
/** A search asks again, for so long, when no answer came. */
export const PATIENCE_MS = 30_000
export const SEARCH_DATA_BYTES_MAX = 1024 * 1024 * 1024
/** How far a long request is, is told at most this often. */
export const PROGRESS_INTERVAL_MS = 200
/** How often a deletion starts again because others keep adding. */
export const DELETE_ROUNDS_MAX = 5
/** Characters of an export. */
export const EXPORT_BYTES_MAX = 64 * 1024 * 1024
/** Bytes of the body of an import, and znodes in it. */
export const IMPORT_BODY_BYTES_MAX = 20 * 1024 * 1024
export const IMPORT_NODES_MAX = 20_000
/** Single changes that the answer to an import lists; the counts are exact. */
export const IMPORT_CHANGES_SHOWN = 200
/** Matches of a search that may be asked for. */
export const SEARCH_MATCHES_MAX = 1000
/** Characters of a znode's data in base64; a server takes about a megabyte. */
export const DATA_BASE64_MAX = 1_500_000
/** Watches in one list, and bytes of a member's answer that are read for it. */
export const WATCH_ROWS_MAX = 1000
export const ADMIN_ANSWER_BYTES_MAX = 8 * 1024 * 1024
/** Records of the audit log in one answer. */
export const AUDIT_RECORDS_SHOWN_MAX = 1000

/** Attempts to attach a cluster in a minute, and the most that pile up; the next is answered with RATE. */
export const ATTACHES_PER_MINUTE_MAX = 10
export const ATTACHES_BURST = 10
/** Memory for the past of a cluster that was attached beside the first: no rounds are told there, so it holds hours. */
export const ATTACHED_HISTORY_BYTES = 16 * 1024 * 1024
/** The list of clusters is told to pages at most this often. */
export const CLUSTERS_TELL_MS = 1000

/** A recording that is opened: bytes of the file, when unpacked, and as the gateway holds it; events, and how long it may be. */
export const RECORDING_FILE_BYTES_MAX = 64 * 1024 * 1024
export const RECORDING_UNPACKED_MAX = 1024 * 1024 * 1024
export const RECORDING_BYTES_MAX = 64 * 1024 * 1024
export const RECORDING_EVENTS_MAX = 2_000_000
export const RECORDING_MS_MAX = 24 * 60 * 60_000
