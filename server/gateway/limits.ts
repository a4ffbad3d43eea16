// The limits of the gateway in one place: name, unit, and what happens when one is reached.

/** Header bytes of a request; more is answered 431. */
export const HEADER_BYTES_MAX = 16 * 1024
export const HEADERS_TIMEOUT_MS = 10_000
export const REQUEST_TIMEOUT_MS = 30_000
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
export const FRAME_MS = 50
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
/** Sorted lists of children kept, so that paging a large node does not list it again. */
export const SORTED_LISTS_MAX = 8
/** Requests of the gateway to the ensemble that wait for answers; more wait their turn. */
export const ENSEMBLE_OUTSTANDING_MAX = 64

/** Lock directories remembered; the one not seen for longest goes first. */
export const LOCK_DIRECTORIES_MAX = 200
/** Children of a lock directory that are read; the rest of the queue is not shown. */
export const LOCK_CHILDREN_MAX = 500
/** Open lock directories of one page. */
export const LOCKS_PER_SOCKET_MAX = 20
/** Characters of a contender's data. */
export const LOCK_DATA_MAX = 256
/** Nodes listed by the first search for lock directories, how deep it goes, and how large a node may be. */
export const LOCK_SCAN_NODES_MAX = 200
export const LOCK_SCAN_DEPTH_MAX = 4
export const LOCK_SCAN_CHILDREN_MAX = 2000

/** Bytes of the audit log's file, and files kept; the oldest is deleted. */
export const AUDIT_FILE_BYTES_MAX = 8 * 1024 * 1024
export const AUDIT_FILES_MAX = 8
