/// The one door to gRPC core (libgrpc 1.51): opaque structs, and no <grpc/...> header beyond it.
///
/// Rules that hold for every function here:
/// - Handles are made and destroyed by the caller; a handle is not freed by its last event.
/// - Unless said otherwise a function may be called from any thread, but a call's `set`, `allocate`
///   and `start` functions by one thread at a time.
/// - Buffers passed in are copied before the function returns; pointers handed out live until the
///   handle is destroyed.
/// - Each `start` function either returns CGRPC_OK and later yields exactly one event on the queue,
///   or returns another result and yields none. After CGRPC_OK another thread may already have
///   handled the event: the caller must not touch the call unless it holds its own claim on it.
/// - Metadata crosses the boundary flat: for each entry two 32-bit lengths in host order (key,
///   value), then the key's bytes and the value's bytes, entries back to back. Values of keys that
///   end in "-bin" are raw bytes.
#ifndef CGRPC_H
#define CGRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cgrpc_queue cgrpc_queue;
typedef struct cgrpc_server cgrpc_server;
typedef struct cgrpc_channel cgrpc_channel;
typedef struct cgrpc_call cgrpc_call;

typedef enum cgrpc_result {
  CGRPC_OK = 0,
  /// The queue is closed: nothing was started.
  CGRPC_CLOSED = 1,
  /// Core refused the batch, e.g. for an illegal metadata key or value: nothing was started.
  CGRPC_REFUSED = 2,
} cgrpc_result;

// MARK: - Library

/// Starts gRPC core and its own threads, for as long as the process lives. Once, before anything else
/// of this file; signals that the process waits for must be blocked before.
void cgrpc_library_start(void);

/// The version of the libgrpc in use, e.g. "29.0.0".
const char *cgrpc_library_version(void);

/// Whether listeners see what core reads and writes: whether this process's definitions of recvmsg and
/// of the other functions by which core does so are the shim's. So it is unless the shim is part of a
/// library that is loaded by a program of other making.
bool cgrpc_library_is_guarded(void);

/// Sends core's own log lines (severity 0 debug, 1 info, 2 error) to `log`, which any thread may
/// call, instead of to standard error. `file` and `message` live for the call alone.
typedef void (*cgrpc_log)(int severity, const char *file, int line, const char *message);
void cgrpc_library_set_log(cgrpc_log log);

/// Names the calling thread for debuggers; Swift's Glibc module does not show the function.
void cgrpc_thread_set_name(const char *name);

/// An integer or, when `text` is not NULL, a string argument of a server or channel.
typedef struct cgrpc_argument {
  const char *key;
  const char *text;
  int number;
} cgrpc_argument;

// MARK: - Completion queue

typedef enum cgrpc_event_kind {
  /// The queue is shut down and drained: no event follows.
  CGRPC_EVENT_SHUTDOWN = 0,
  /// Nothing came before the time was over.
  CGRPC_EVENT_TIMEOUT = 1,
  /// Somebody called cgrpc_queue_wake.
  CGRPC_EVENT_WAKE = 2,
  /// A requested call arrived (ok) or will never arrive, as the server stops (not ok).
  CGRPC_EVENT_CALL_ARRIVED = 3,
  /// A server call's peer is done with it, or gave it up: see cgrpc_call_was_cancelled.
  CGRPC_EVENT_CALL_CLOSED = 4,
  /// A server call's reply left, or never will.
  CGRPC_EVENT_REPLY_SENT = 5,
  /// A client call has its status.
  CGRPC_EVENT_CALL_FINISHED = 6,
  /// The server accepts nothing more and has no call left.
  CGRPC_EVENT_SERVER_STOPPED = 7,
  /// What cgrpc_call_start_send sent has been taken (ok): the next may follow; or never will be.
  CGRPC_EVENT_SENT = 8,
  /// A message arrived (cgrpc_call_has_message), or the peer has sent its last one.
  CGRPC_EVENT_RECEIVED = 9,
  /// A client call's initial metadata is there, or never will be.
  CGRPC_EVENT_HEADERS_RECEIVED = 10,
} cgrpc_event_kind;

typedef struct cgrpc_event {
  cgrpc_event_kind kind;
  bool ok;
  /// What the caller gave when it started the operation.
  void *context;
  /// The call that the event is about, or NULL.
  cgrpc_call *call;
} cgrpc_event;

/// A queue whose events are fetched with cgrpc_queue_next; nothing happens on it unless some thread
/// is in there. Returns NULL when core cannot make what it needs.
cgrpc_queue *cgrpc_queue_create(void);

/// Waits for the next event: for ever, or only looks when `wait` is false. Blocks the thread and
/// runs core's I/O meanwhile. Any number of threads may wait.
cgrpc_event cgrpc_queue_next(cgrpc_queue *queue, bool wait);

/// Makes one waiting thread return with CGRPC_EVENT_WAKE. False when the queue is closed.
bool cgrpc_queue_wake(cgrpc_queue *queue);

/// Closes the queue: operations are refused from now on, those under way still yield their events,
/// and then every thread gets CGRPC_EVENT_SHUTDOWN. May be called once.
void cgrpc_queue_shutdown(cgrpc_queue *queue);

/// Frees a queue after its CGRPC_EVENT_SHUTDOWN, when no thread is in cgrpc_queue_next any more.
void cgrpc_queue_destroy(cgrpc_queue *queue);

// MARK: - Server

/// A server that takes its calls from `queues`. They must outlive it.
cgrpc_server *cgrpc_server_create(
  const cgrpc_argument *arguments, size_t count, cgrpc_queue *const *queues, size_t queue_count);

/// Registers a method by its full path before the start; NULL when it is registered already. With
/// `reads_message` its calls arrive together with their first message. The handle belongs to the
/// server.
void *cgrpc_server_register_method(cgrpc_server *server, const char *path, bool reads_message);

/// Starts to serve: adopted connections, channels in the process. Once.
void cgrpc_server_start(cgrpc_server *server);

/// Asks for the next call of a registered method, `reads_message` as it was registered, or with
/// `method` NULL for the next call of any other method. Yields CGRPC_EVENT_CALL_ARRIVED with `context`; its call
/// is the caller's to destroy, arrived or not.
cgrpc_result cgrpc_server_request_call(
  cgrpc_server *server, void *method, bool reads_message, cgrpc_queue *queue, void *context);

/// Stops accepting; yields CGRPC_EVENT_SERVER_STOPPED with `context` when the last call is done.
cgrpc_result cgrpc_server_shutdown(cgrpc_server *server, cgrpc_queue *queue, void *context);

/// Ends calls that came in the moment of cgrpc_server_shutdown, and that core will give to nobody: its
/// threads look whether the server stops before they queue a call, and not again. Only after
/// cgrpc_server_shutdown; again is no harm, and needed, as such a thread may be late.
void cgrpc_server_refuse_forgotten_calls(cgrpc_server *server);

/// Cancels every call; only after cgrpc_server_shutdown.
void cgrpc_server_cancel_all_calls(cgrpc_server *server);

/// Frees a server after CGRPC_EVENT_SERVER_STOPPED, or one that was never started.
void cgrpc_server_destroy(cgrpc_server *server);

// MARK: - Listener

/// Accepts connections on a thread of its own and hands them to a server: plaintext ones once they
/// have sent the HTTP/2 client preface, those of a server with TLS once their handshake begins.
/// Core's own listener never accepts again once descriptors ran out, and has no limit of
/// connections.
typedef struct cgrpc_listener cgrpc_listener;

typedef enum cgrpc_listener_report {
  /// A connection waits that cannot be accepted, for the errno given with the report.
  CGRPC_LISTENER_EXHAUSTED = 0,
  /// A connection waits beyond the limit.
  CGRPC_LISTENER_FULL = 1,
  /// A connection was ended whose requests do not arrive.
  CGRPC_LISTENER_STALLED = 2,
  /// A connection was ended on which too many calls had begun, most of which have not arrived.
  CGRPC_LISTENER_GREEDY = 3,
  /// A connection was ended whose header block was too long.
  CGRPC_LISTENER_HEADER_BLOCK = 4,
  /// A connection was ended that brought too many frames that carry nothing.
  CGRPC_LISTENER_CONTROL_FRAMES = 5,
  /// A connection was ended that held too many bytes.
  CGRPC_LISTENER_CONNECTION_BYTES = 6,
  /// A connection was ended that held most when all together held too many bytes.
  CGRPC_LISTENER_SERVER_BYTES = 7,
  /// How many kinds there are.
  CGRPC_LISTENER_REPORTS = 8,
} cgrpc_listener_report;

typedef struct cgrpc_listener_options {
  /// Connections at once, from their accept to the moment when core has closed them; at least 1.
  /// Those beyond wait in the kernel's queue.
  size_t maximum_connections;
  /// A connection with more calls than these is shut down, those among them that have only begun.
  /// Core itself holds a peer to the limit of streams only once the peer acknowledged it.
  size_t calls_to_disconnect;
  /// The longest header block that a connection may send before it is shut down.
  size_t header_block_bytes;
  /// What one connection may hold before it is shut down: what arrived of its open calls, and what
  /// cgrpc_listener_hold adds.
  size_t connection_bytes;
  /// What all connections together may hold before the one that holds most is shut down.
  size_t server_bytes;
  /// A connection whose peer gives up more calls than these, within as many milliseconds, is shut
  /// down; 0: any number.
  size_t maximum_given_up_calls;
  int given_up_calls_milliseconds;
  /// How long a connection may have no call that has arrived before it is shut down; 0: for ever.
  /// Longer than core leaves an idle connection open: there is then a request that does not arrive.
  int stall_milliseconds;
  /// How long a connection may take to send the preface, or the first byte of a TLS handshake; then
  /// it is closed.
  int preface_timeout_milliseconds;
  /// How long the peer's kernel may leave sent bytes unacknowledged or its window closed; 0: as
  /// long as the system allows.
  int send_timeout_milliseconds;
  /// Permissions of a unix socket's file.
  unsigned unix_mode;
  /// Called on any thread, at most once in ten seconds for each kind; must not block.
  void (*report)(void *context, cgrpc_listener_report kind, int problem);
  /// Must live until cgrpc_listener_stop has returned.
  void *context;
} cgrpc_listener_options;

/// Binds "host:port" (every address of the host; port 0: any free one), "[::1]:port" or
/// "unix:/path" and listens, and starts the thread; connections wait until the start. The file of a unix socket on which
/// nobody listens any more is replaced. Needs the library retained until the destruction. NULL on
/// failure, with the reason in `problem`.
cgrpc_listener *cgrpc_listener_create(
  const char *address, const cgrpc_listener_options *options, int *problem);

/// The reason in words; the text is static or the thread's own.
const char *cgrpc_bind_problem_text(int problem);

/// The port bound; 0 for a unix socket.
int cgrpc_listener_port(const cgrpc_listener *listener);

/// Starts to accept for a started server, which must outlive cgrpc_listener_stop. Once, and not at
/// once with the stop.
void cgrpc_listener_start(cgrpc_listener *listener, cgrpc_server *server);

/// Closes the listening sockets, the file of a unix socket, and connections that are not handed
/// over yet, and joins the thread: nothing is handed over after it returns. Connections handed over
/// live on, and their peers stay known. By one thread at a time; again is no harm.
void cgrpc_listener_stop(cgrpc_listener *listener);

/// Says whether the server refuses calls that have not begun, while it stops: the resets of their
/// streams then tell clients so, and not that they were cancelled. Any thread.
void cgrpc_listener_set_refusing(cgrpc_listener *listener, bool is_refusing);

/// Shuts the connections down that were handed over: core's writes to a peer that does not read hold
/// up the end of a server that has cancelled its calls. Any thread.
void cgrpc_listener_end_connections(cgrpc_listener *listener);

/// Stops and frees.
void cgrpc_listener_destroy(cgrpc_listener *listener);

/// Connections at this moment. Takes a system call for each.
size_t cgrpc_listener_connection_count(cgrpc_listener *listener);

/// Notes a call that arrived. Core calls the peer of a plaintext connection "fd:7", and that of a TLS
/// connection by its address: puts the address, in core's form, into `peer`, for which 64 bytes are
/// enough, and the connection's number into `connection`. Returns how many calls the connection has
/// with this one; 0, and nothing is noted, when no connection of this listener is meant, or none can
/// be told from others, as over TLS on a unix socket. `is_open`: anybody may call the method, and a
/// connection without other calls gives way when there are too many connections.
///
/// The answer is right as long as the call is not destroyed: the call holds its stream, the stream
/// its transport, and the transport closes the descriptor at its own end alone; so the number
/// cannot belong to a later connection yet. And it was recorded before core got it.
size_t cgrpc_listener_begin_call(
  cgrpc_listener *listener, const char *core_peer, bool is_open, int *connection, char *peer,
  size_t size);

/// Notes that a call of the connection holds so many bytes more, or with a negative number fewer; what
/// was added must be taken away before the call is destroyed. The connection may be shut down for it.
void cgrpc_listener_hold(cgrpc_listener *listener, int connection, int64_t bytes);

/// Whether the connections hold more than they may together.
bool cgrpc_listener_is_full(cgrpc_listener *listener);

/// Notes that a call of a server that stops lacks nothing but its status; true when no call of the
/// connection lacks more. Core closes the connection as soon as it has the last status, and what was
/// under way is lost with it if something of the peer's comes meanwhile: the kernel resets a
/// connection then. So that status is to wait until the rest is delivered.
bool cgrpc_listener_begin_ending(cgrpc_listener *listener, int connection);

/// Whether the call is its connection's only one, and the peer has acknowledged all that core wrote.
bool cgrpc_listener_is_flushed(cgrpc_listener *listener, int connection);

/// Notes that the call is over, whether cgrpc_listener_begin_ending was called for it, and whether its
/// peer gave it up; once for each that was noted, before the call is destroyed. True when with this
/// call the connection was shut down, for too many that were given up.
bool cgrpc_listener_end_call(
  cgrpc_listener *listener, int connection, bool is_open, bool was_ending, bool was_given_up);

// MARK: - Security

typedef enum cgrpc_pem_problem {
  CGRPC_PEM_OK = 0,
  /// No certificate in PEM form at all.
  CGRPC_PEM_NO_CERTIFICATE = 1,
  /// A certificate that cannot be read: its position, and why.
  CGRPC_PEM_BAD_CERTIFICATE = 2,
  /// A certificate whose time has not come: its position, and when it does.
  CGRPC_PEM_NOT_YET_VALID = 3,
  /// A certificate whose time is over: its position, and since when.
  CGRPC_PEM_EXPIRED = 4,
  /// No private key in PEM form.
  CGRPC_PEM_NO_KEY = 5,
  /// A private key under a passphrase.
  CGRPC_PEM_ENCRYPTED_KEY = 6,
  /// A private key of another certificate than the first.
  CGRPC_PEM_KEY_MISMATCH = 7,
  /// OpenSSL's policy does not allow the certificate or the key: why.
  CGRPC_PEM_REFUSED = 8,
} cgrpc_pem_problem;

typedef struct cgrpc_pem_report {
  cgrpc_pem_problem problem;
  /// Which certificate, from 1.
  int position;
  /// A date or OpenSSL's reason; always terminated.
  char detail[128];
} cgrpc_pem_report;

/// Whether a chain (the end entity's certificate first, then who issued it) and a key, both PEM,
/// work together at this moment. Any thread.
cgrpc_pem_report cgrpc_pem_check_identity(const char *chain, const char *key);

/// Whether there are certificates in PEM form, and nothing but readable ones. Their times do not
/// count: bundles hold expired ones.
cgrpc_pem_report cgrpc_pem_check_authorities(const char *authorities);

typedef enum cgrpc_client_certificates {
  /// Not asked for.
  CGRPC_CLIENT_CERTIFICATES_NONE = 0,
  /// Asked for; one that no authority vouches for ends the handshake.
  CGRPC_CLIENT_CERTIFICATES_OPTIONAL = 1,
  /// Without one that an authority vouches for the handshake fails.
  CGRPC_CLIENT_CERTIFICATES_REQUIRED = 2,
} cgrpc_client_certificates;

/// What a server's handshakes use, and replace while it runs. All PEM; `authorities` may be NULL
/// when no client certificates are asked for. Checked contents only: see cgrpc_pem_check_identity.
typedef struct cgrpc_server_credentials cgrpc_server_credentials;

/// TLS 1.2 or 1.3 and ALPN "h2". For one server, which it must outlive. NULL when memory is short.
cgrpc_server_credentials *cgrpc_server_credentials_create(
  cgrpc_client_certificates request, const char *chain, const char *key, const char *authorities);

/// Lets handshakes that begin from now on use other files' contents; connections go on. Should core
/// not take them, it goes on with what it has.
void cgrpc_server_credentials_replace(
  cgrpc_server_credentials *credentials, const char *chain, const char *key,
  const char *authorities);

void cgrpc_server_credentials_destroy(cgrpc_server_credentials *credentials);

/// Makes the connections that a listener hands to the server TLS. Once, before the start. False when
/// core does not take the credentials, or is not the version whose door is known here.
bool cgrpc_server_use_tls(cgrpc_server *server, cgrpc_server_credentials *credentials);

typedef enum cgrpc_identity_property {
  CGRPC_IDENTITY_COMMON_NAME = 0,
  CGRPC_IDENTITY_DNS_NAME = 1,
  CGRPC_IDENTITY_URI = 2,
  CGRPC_IDENTITY_EMAIL = 3,
  CGRPC_IDENTITY_IP_ADDRESS = 4,
} cgrpc_identity_property;

/// Calls `receive` for every property of the peer's certificate; the value is not terminated and
/// lives for that call alone. False, and no property, when the peer presented none. A server has
/// verified it.
typedef void (*cgrpc_identity_receiver)(
  void *context, cgrpc_identity_property property, const char *value, size_t length);
bool cgrpc_call_peer_identity(
  const cgrpc_call *call, cgrpc_identity_receiver receive, void *context);

/// Raises the limit of open descriptors to what the process may have, and returns it; 0 when the
/// system refused.
uint64_t cgrpc_raise_descriptor_limit(void);

// MARK: - Calls on a server

/// Path of the method, not terminated by NUL; only for calls of unregistered methods.
const char *cgrpc_call_path(const cgrpc_call *call, size_t *length);

/// Nanoseconds until the deadline, INT64_MAX without one; not positive when it is over.
int64_t cgrpc_call_remaining_nanoseconds(const cgrpc_call *call);

/// Address of the peer, e.g. "ipv4:127.0.0.1:4711"; the caller frees it with cgrpc_string_free.
char *cgrpc_call_peer(const cgrpc_call *call);
void cgrpc_string_free(char *string);

/// Whether a CGRPC_EVENT_CALL_CLOSED meant that the peer gave up: cancelled, deadline, connection
/// lost.
bool cgrpc_call_was_cancelled(const cgrpc_call *call);

/// Initial metadata to send. Metadata is flat; a length of 0 means none.
typedef struct cgrpc_headers {
  /// Whether it is sent now; a server sends it once, at the latest with the status.
  bool is_sent;
  const uint8_t *metadata;
  size_t metadata_length;
  /// How hard a server's messages are compressed, 1…3, as far as the peer accepts that; 0: not.
  int compression_level;
} cgrpc_headers;

/// What a reply consists of.
typedef struct cgrpc_reply {
  cgrpc_headers headers;
  const uint8_t *trailing_metadata;
  size_t trailing_metadata_length;
  /// 0…16.
  int status;
  /// UTF-8, not terminated; may be NULL.
  const char *status_message;
  size_t status_message_length;
  /// Whether the allocated message is sent.
  bool has_message;
  /// Whether this batch also waits for the peer to close, because cgrpc_call_start_watch was not
  /// called.
  bool watches_close;
} cgrpc_reply;

/// Sends initial metadata, message and status at once and yields CGRPC_EVENT_REPLY_SENT. Without
/// a message and without initial metadata it goes out as trailers only. Once a call.
cgrpc_result cgrpc_call_start_reply(cgrpc_call *call, const cgrpc_reply *reply, void *context);

/// Waits for the peer to close or cancel and yields CGRPC_EVENT_CALL_CLOSED. Once a call.
cgrpc_result cgrpc_call_start_watch(cgrpc_call *call, void *context);

// MARK: - Calls of either side

/// Memory for the next message to send, all of it the caller's to fill before the start.
void *cgrpc_call_allocate_message(cgrpc_call *call, size_t size);

/// One step of a stream.
typedef struct cgrpc_send {
  cgrpc_headers headers;
  /// Whether the allocated message is sent.
  bool has_message;
  /// Whether the message goes out as it is, although the call's messages are compressed.
  bool is_left_uncompressed;
  /// Whether the event waits until the kernel has the message, and not only until the peer's window
  /// has room for it.
  bool waits_until_written;
  /// Whether a client sends nothing after it.
  bool closes;
} cgrpc_send;

/// Sends a step and yields CGRPC_EVENT_SENT when the peer's window has room again. One at a time.
cgrpc_result cgrpc_call_start_send(cgrpc_call *call, const cgrpc_send *send, void *context);

/// Asks for the next message and yields CGRPC_EVENT_RECEIVED. One at a time, and only after the
/// message before was dropped.
cgrpc_result cgrpc_call_start_receive(cgrpc_call *call, void *context);

/// Flat size of the metadata that arrived first (a server's request, a client's initial metadata),
/// and a copy of it into `destination`, which has that size.
size_t cgrpc_call_initial_metadata_size(const cgrpc_call *call);
void cgrpc_call_copy_initial_metadata(const cgrpc_call *call, uint8_t *destination);

/// Size of the metadata that arrived first as HTTP/2 counts it: keys, values and 32 bytes for each
/// entry (RFC 9113 §6.5.2); without the pseudo-headers.
size_t cgrpc_call_initial_metadata_list_size(const cgrpc_call *call);

/// The same for a client call's trailing metadata.
size_t cgrpc_call_trailing_metadata_size(const cgrpc_call *call);
void cgrpc_call_copy_trailing_metadata(const cgrpc_call *call, uint8_t *destination);

/// Whether a message arrived, its size, and a copy of it into `destination`, which has that size.
bool cgrpc_call_has_message(const cgrpc_call *call);

typedef enum cgrpc_inflation {
  CGRPC_INFLATION_OK = 0,
  CGRPC_INFLATION_TOO_LARGE = 1,
  CGRPC_INFLATION_MALFORMED = 2,
} cgrpc_inflation;

/// Whether the message that arrived is compressed.
bool cgrpc_call_is_compressed(const cgrpc_call *call);

/// Replaces a compressed message by what it holds, which takes `limit` bytes at the most. Core
/// itself would inflate first and check the size then.
cgrpc_inflation cgrpc_call_inflate_message(cgrpc_call *call, size_t limit);

size_t cgrpc_call_message_size(const cgrpc_call *call);
bool cgrpc_call_copy_message(cgrpc_call *call, uint8_t *destination);

/// Gives the received message's memory back to core.
void cgrpc_call_drop_message(cgrpc_call *call);

/// Cancels the call; harmless when it is over already.
void cgrpc_call_cancel(cgrpc_call *call);

/// Frees a call that has no operation under way.
void cgrpc_call_destroy(cgrpc_call *call);

/// Calls of either side that are not destroyed, those among them that servers asked for.
size_t cgrpc_live_call_count(void);

// MARK: - Client

/// A channel without encryption to e.g. "127.0.0.1:50051" or "unix:/run/x.sock".
cgrpc_channel *cgrpc_channel_create_plaintext(
  const char *target, const cgrpc_argument *arguments, size_t count);

/// A channel with TLS 1.2 or 1.3. `authorities` NULL: those of the system; `chain` and `key` NULL: no
/// certificate of its own. All PEM, and copied. The server's certificate must be for the target's
/// host, or for the argument "grpc.ssl_target_name_override".
cgrpc_channel *cgrpc_channel_create_tls(
  const char *target, const char *authorities, const char *chain, const char *key,
  const cgrpc_argument *arguments, size_t count);

/// A channel straight into a started server of this process: no socket, no HTTP/2.
cgrpc_channel *cgrpc_channel_create_in_process(
  cgrpc_server *server, const cgrpc_argument *arguments, size_t count);

/// Frees a channel; its calls keep what they need.
void cgrpc_channel_destroy(cgrpc_channel *channel);

/// A call whose events come on `queue`. `timeout_nanoseconds` INT64_MAX: no deadline.
cgrpc_call *cgrpc_channel_create_call(
  cgrpc_channel *channel, cgrpc_queue *queue, const char *path, int64_t timeout_nanoseconds,
  bool waits_for_ready);

/// Sends the metadata and the allocated message and waits for the whole answer:
/// CGRPC_EVENT_CALL_FINISHED. Once a call.
cgrpc_result cgrpc_call_start_unary(
  cgrpc_call *call, const uint8_t *metadata, size_t metadata_length, void *context);

/// Starts a client call whose messages are streamed: yields CGRPC_EVENT_HEADERS_RECEIVED with
/// `context`, and at the end CGRPC_EVENT_CALL_FINISHED with `finish_context`. Once a call.
/// When it fails, neither event comes.
cgrpc_result cgrpc_call_start_client_stream(
  cgrpc_call *call, void *context, void *finish_context);

/// A finished client call's status, 0…16 or beyond if the server said so.
int cgrpc_call_status(const cgrpc_call *call);

/// Its message, not terminated by NUL.
const char *cgrpc_call_status_message(const cgrpc_call *call, size_t *length);

#ifdef __cplusplus
}
#endif
#endif
