#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "listener.h"

// The way of a connection: accepted and in the table (waiting), watched until its preface is there,
// then handed to core (adopted), which alone closes it. One thread does all that. What passes between
// core and an adopted connection, the connection's guard sees. Core's own listener is not used at
// all, because it stops accepting for good once descriptors ran out (CVE-2023-4785) and knows no
// limit of connections.

enum {
  EVENTS_PER_TURN = 64,
  /// Accepts in one go, so that a flood of connections does not hold up the handshakes.
  ACCEPTS_PER_TURN = 64,
  /// Until the next look for a free descriptor.
  RETRY_MILLISECONDS = 50,
  /// How long a peer may stay silent when others wait for its place, before its preface and later.
  PATIENCE_MILLISECONDS = 1000,
  ADOPTED_PATIENCE_MILLISECONDS = 5000,
  /// Between two reports.
  SILENCE_MILLISECONDS = 10000,
};

int64_t listener_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool watch(cgrpc_listener *listener, int descriptor, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = descriptor};
  return epoll_ctl(listener->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

// MARK: - Accepting

static void watch_listening_sockets(cgrpc_listener *listener, uint32_t events) {
  for (size_t i = 0; i < listener->sockets.count; i++) {
    struct epoll_event event = {.events = events, .data.fd = listener->sockets.descriptors[i]};
    epoll_ctl(listener->epoll, EPOLL_CTL_MOD, listener->sockets.descriptors[i], &event);
  }
}

static void report(
  cgrpc_listener *listener, cgrpc_listener_report kind, int problem, int64_t now
) {
  long long until = atomic_load(&listener->silent_until[kind]);
  // Of several threads at once, one.
  if (
    now < until
    || !atomic_compare_exchange_strong(
      &listener->silent_until[kind], &until, now + SILENCE_MILLISECONDS))
    return;
  listener->options.report(listener->options.context, kind, problem);
}

/// On any thread that runs core.
static void report_offence(void *context, guard_offence offence) {
  static const cgrpc_listener_report KINDS[] = {
    [GUARD_HEADER_BLOCK] = CGRPC_LISTENER_HEADER_BLOCK,
    [GUARD_CONTROL_FRAMES] = CGRPC_LISTENER_CONTROL_FRAMES,
    [GUARD_STREAMS] = CGRPC_LISTENER_GREEDY,
    [GUARD_CONNECTION_BYTES] = CGRPC_LISTENER_CONNECTION_BYTES,
    [GUARD_SERVER_BYTES] = CGRPC_LISTENER_SERVER_BYTES,
  };
  report(context, KINDS[offence], 0, listener_now());
}

/// Leaves new connections in the kernel's queue for a moment. A timer and not a look at each event:
/// what cannot be accepted stays ready, and the loop would spin.
static void pause_accepting(
  cgrpc_listener *listener, cgrpc_listener_report kind, int problem, int64_t now
) {
  listener->resume_at = now + RETRY_MILLISECONDS;
  watch_listening_sockets(listener, 0);
  report(listener, kind, problem, now);
}

/// Whether there is room for one more; a peer that keeps silent, or that only makes calls which anybody
/// may make, yields its place to one who waits.
/// That of an adopted connection is free once core has closed it.
static bool make_room(cgrpc_listener *listener, int64_t now) {
  size_t limit = listener->options.maximum_connections;
  if (connection_table_count(&listener->connections) < limit) return true;
  if (connection_table_sweep(&listener->connections) < limit) return true;
  int64_t accepted_at = 0;
  int oldest = connection_table_oldest_waiting(&listener->connections, &accepted_at);
  if (oldest >= 0 && now - accepted_at >= PATIENCE_MILLISECONDS) {
    listener_close_waiting(listener, oldest);
    return true;
  }
  connection_table_end_useless(&listener->connections, ADOPTED_PATIENCE_MILLISECONDS, now);
  return false;
}

static void set_up(cgrpc_listener *listener, int descriptor, sa_family_t family) {
  if (family != AF_INET && family != AF_INET6) return;
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // A peer that stops reading blocks core's writes, its keepalive pings among them: the kernel
  // ends the connection instead.
  unsigned timeout = (unsigned)listener->options.send_timeout_milliseconds;
  setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

/// Accepts one connection; false when there is none, or none can be had for now.
static bool accept_one(cgrpc_listener *listener, int listening, int64_t now) {
  if (!make_room(listener, now)) {
    pause_accepting(listener, CGRPC_LISTENER_FULL, 0, now);
    return false;
  }
  struct sockaddr_storage peer = {0};
  socklen_t length = sizeof peer;
  int descriptor =
    accept4(listening, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) {
    switch (errno) {
      case EAGAIN:
        return false;
      case EINTR:
      case ECONNABORTED:
      case EPERM:
      // The peer's network failed before we came to accept.
      case ENETDOWN:
      case EPROTO:
      case ENOPROTOOPT:
      case EHOSTDOWN:
      case ENONET:
      case EHOSTUNREACH:
      case EOPNOTSUPP:
      case ENETUNREACH:
        return true;
      default:
        pause_accepting(listener, CGRPC_LISTENER_EXHAUSTED, errno, now);
        return false;
    }
  }
  set_up(listener, descriptor, peer.ss_family);
  // Edge-triggered: bytes that are only peeked at stay ready.
  if (
    !connection_table_add(&listener->connections, descriptor, (struct sockaddr *)&peer, now)
    || !watch(listener, descriptor, EPOLLIN | EPOLLRDHUP | EPOLLET)) {
    listener_close_waiting(listener, descriptor);
    pause_accepting(listener, CGRPC_LISTENER_EXHAUSTED, ENOMEM, now);
    return false;
  }
  return true;
}

// MARK: - Thread

/// Closes who took too long; the time in milliseconds until the next one will have, or -1.
static int64_t expire(cgrpc_listener *listener, int64_t now) {
  int64_t accepted_at = 0;
  int oldest;
  while ((oldest = connection_table_oldest_waiting(&listener->connections, &accepted_at)) >= 0) {
    int64_t left = accepted_at + listener->options.preface_timeout_milliseconds - now;
    if (left > 0) return left;
    listener_close_waiting(listener, oldest);
  }
  return -1;
}

/// Shuts down connections whose requests do not arrive; the time until the next look, or -1.
static int64_t end_stalled(cgrpc_listener *listener, int64_t now) {
  int64_t limit = listener->options.stall_milliseconds;
  if (limit == 0) return -1;
  int64_t left;
  while ((left = connection_table_end_inactive(&listener->connections, limit, now)) == 0)
    report(listener, CGRPC_LISTENER_STALLED, 0, now);
  // A connection that is adopted later has at least that long.
  return left > 0 && left < limit ? left : limit;
}

static int64_t earlier(int64_t first, int64_t second) {
  return first < 0 || (second >= 0 && second < first) ? second : first;
}

static bool is_listening_socket(const cgrpc_listener *listener, int descriptor) {
  for (size_t i = 0; i < listener->sockets.count; i++)
    if (listener->sockets.descriptors[i] == descriptor) return true;
  return false;
}

/// Handles what came in one turn: connections first, because accepting may close one that waits
/// and get its number again, and an event must not meet another connection than its own.
static void handle(
  cgrpc_listener *listener, const struct epoll_event *events, int count, int64_t now
) {
  for (int i = 0; i < count; i++) {
    int descriptor = events[i].data.fd;
    if (descriptor != listener->waker && !is_listening_socket(listener, descriptor))
      listener_check_beginning(listener, descriptor, events[i].events);
  }
  for (int i = 0; i < count; i++) {
    int descriptor = events[i].data.fd;
    if (!is_listening_socket(listener, descriptor)) continue;
    for (int accepts = 0; accepts < ACCEPTS_PER_TURN; accepts++)
      if (!accept_one(listener, descriptor, now)) break;
  }
}

static void *run(void *argument) {
  cgrpc_listener *listener = argument;
  cgrpc_thread_set_name("grpc-listener");
  struct epoll_event events[EVENTS_PER_TURN];
  while (!atomic_load(&listener->is_stopping)) {
    int64_t now = listener_now();
    int64_t wait = earlier(expire(listener, now), end_stalled(listener, now));
    if (listener->resume_at != 0) {
      int64_t left = listener->resume_at - now;
      if (left <= 0) {
        listener->resume_at = 0;
        watch_listening_sockets(listener, EPOLLIN);
      } else {
        wait = earlier(wait, left);
      }
    }
    if (wait > INT32_MAX) wait = INT32_MAX;
    int count = epoll_wait(listener->epoll, events, EVENTS_PER_TURN, (int)wait);
    handle(listener, events, count, listener_now());
  }
  return NULL;
}

// MARK: - Life

static int start_thread(cgrpc_listener *listener) {
  // The process waits for its signals elsewhere.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int problem = pthread_create(&listener->thread, NULL, run, listener);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  listener->has_thread = problem == 0;
  return problem;
}

static void end_thread(cgrpc_listener *listener) {
  atomic_store(&listener->is_stopping, true);
  eventfd_write(listener->waker, 1);
  if (listener->has_thread) pthread_join(listener->thread, NULL);
  listener->has_thread = false;
}

static guard_group *make_guards(cgrpc_listener *listener) {
  const cgrpc_listener_options *options = &listener->options;
  guard_limits limits = {
    .header_block_bytes = options->header_block_bytes,
    .open_streams = options->calls_to_disconnect,
    .connection_bytes = options->connection_bytes,
    .server_bytes = options->server_bytes,
  };
  return guard_group_create(&limits, report_offence, listener);
}

cgrpc_listener *cgrpc_listener_create(
  const char *address, const cgrpc_listener_options *options, int *problem
) {
  cgrpc_listener *listener = calloc(1, sizeof *listener);
  if (listener == NULL) {
    *problem = ENOMEM;
    return NULL;
  }
  listener->options = *options;
  atomic_init(&listener->is_stopping, false);
  atomic_init(&listener->server, NULL);
  *problem = listening_sockets_open(&listener->sockets, address, options->unix_mode);
  if (*problem != 0) {
    free(listener);
    return NULL;
  }
  listener->epoll = epoll_create1(EPOLL_CLOEXEC);
  listener->guards = make_guards(listener);
  listener->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  bool has_table = connection_table_open(&listener->connections);
  bool is_ready =
    listener->epoll >= 0 && listener->guards != NULL && listener->waker >= 0 && has_table
    && watch(listener, listener->waker, EPOLLIN);
  for (size_t i = 0; is_ready && i < listener->sockets.count; i++)
    is_ready = watch(listener, listener->sockets.descriptors[i], 0);
  // The thread now, and not at the start: a server that was started cannot fail any more.
  *problem = is_ready ? start_thread(listener) : errno;
  if (*problem == 0) {
    listener->credentials = grpc_insecure_server_credentials_create();
    return listener;
  }
  listening_sockets_close(&listener->sockets);
  if (listener->epoll >= 0) close(listener->epoll);
  if (listener->guards != NULL) guard_group_release(listener->guards);
  if (listener->waker >= 0) close(listener->waker);
  if (has_table) connection_table_close(&listener->connections);
  free(listener);
  return NULL;
}

int cgrpc_listener_port(const cgrpc_listener *listener) { return listener->sockets.port; }

void cgrpc_listener_start(cgrpc_listener *listener, cgrpc_server *server) {
  atomic_store(&listener->server, server);
  watch_listening_sockets(listener, EPOLLIN);
}

void cgrpc_listener_stop(cgrpc_listener *listener) {
  end_thread(listener);
  guard_group_silence(listener->guards);
  listening_sockets_close(&listener->sockets);
  int64_t accepted_at;
  int waiting;
  while ((waiting = connection_table_oldest_waiting(&listener->connections, &accepted_at)) >= 0)
    listener_close_waiting(listener, waiting);
}

void cgrpc_listener_set_refusing(cgrpc_listener *listener, bool is_refusing) {
  guard_group_set_refusing(listener->guards, is_refusing);
}

void cgrpc_listener_end_connections(cgrpc_listener *listener) {
  connection_table_end_all(&listener->connections);
}

void cgrpc_listener_destroy(cgrpc_listener *listener) {
  cgrpc_listener_stop(listener);
  guard_group_release(listener->guards);
  connection_table_close(&listener->connections);
  grpc_server_credentials_release(listener->credentials);
  close(listener->epoll);
  close(listener->waker);
  free(listener);
}

size_t cgrpc_listener_connection_count(cgrpc_listener *listener) {
  return connection_table_sweep(&listener->connections);
}

/// Core writes the brackets of "ipv6:[::1]:567" as a URI does; false when `decoded` is too small.
static bool decode_brackets(const char *core_peer, char *decoded, size_t size) {
  size_t length = 0;
  for (const char *cursor = core_peer; *cursor != '\0'; cursor++) {
    if (length + 1 >= size) return false;
    bool is_bracket = strncmp(cursor, "%5B", 3) == 0 || strncmp(cursor, "%5D", 3) == 0;
    decoded[length++] = !is_bracket ? *cursor : cursor[2] == 'B' ? '[' : ']';
    if (is_bracket) cursor += 2;
  }
  decoded[length] = '\0';
  return true;
}

/// The connection that core calls by this name, or -1.
static int find(cgrpc_listener *listener, const char *core_peer) {
  if (strncmp(core_peer, "fd:", 3) != 0) {
    char peer[64];
    return decode_brackets(core_peer, peer, sizeof peer)
      ? connection_table_find_peer(&listener->connections, peer)
      : -1;
  }
  char *end;
  long descriptor = strtol(core_peer + 3, &end, 10);
  bool is_number = end != core_peer + 3 && *end == '\0';
  return is_number && descriptor <= INT32_MAX ? (int)descriptor : -1;
}

size_t cgrpc_listener_begin_call(
  cgrpc_listener *listener, const char *core_peer, bool is_open, int *connection, char *peer,
  size_t size
) {
  int descriptor = find(listener, core_peer);
  if (descriptor < 0) return 0;
  *connection = descriptor;
  size_t calls = connection_table_begin_call(
    &listener->connections, descriptor, is_open, peer, size, listener_now());
  // The call keeps the descriptor open, so this cannot meet another connection.
  if (calls > listener->options.calls_to_disconnect) guard_end(descriptor);
  return calls;
}

void cgrpc_listener_hold(cgrpc_listener *listener, int connection, int64_t bytes) {
  guard_hold(connection, bytes);
}

bool cgrpc_listener_is_full(cgrpc_listener *listener) {
  return guard_group_is_full(listener->guards);
}

bool cgrpc_listener_begin_ending(cgrpc_listener *listener, int connection) {
  return connection_table_begin_ending(&listener->connections, connection);
}

bool cgrpc_listener_is_flushed(cgrpc_listener *listener, int connection) {
  return connection_table_is_flushed(&listener->connections, connection);
}

bool cgrpc_listener_end_call(
  cgrpc_listener *listener, int connection, bool is_open, bool was_ending, bool was_given_up
) {
  int64_t now = listener_now();
  bool is_too_much = false;
  size_t limit = listener->options.maximum_given_up_calls;
  if (was_given_up && limit > 0) {
    int64_t window = listener->options.given_up_calls_milliseconds;
    size_t count =
      connection_table_give_up_call(&listener->connections, connection, window, now);
    // As above; once is enough.
    is_too_much = count == limit + 1;
    if (is_too_much) guard_end(connection);
  }
  connection_table_end_call(&listener->connections, connection, is_open, was_ending, now);
  return is_too_much;
}
