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
// then handed to core (adopted), which alone closes it. One thread does all that; core's threads
// serve what it hands over. Core's own listener is not used for plaintext, because it stops
// accepting for good once descriptors ran out (CVE-2023-4785) and knows no limit of connections.

enum {
  EVENTS_PER_TURN = 64,
  /// Accepts in one go, so that a flood of connections does not hold up the handshakes.
  ACCEPTS_PER_TURN = 64,
  /// Until the next look for a free descriptor.
  RETRY_MILLISECONDS = 50,
  /// How long a peer may stay silent when others wait for its place.
  PATIENCE_MILLISECONDS = 1000,
  /// Between two reports.
  SILENCE_MILLISECONDS = 10000,
};

static int64_t now_milliseconds(void) {
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

/// Leaves new connections in the kernel's queue for a moment. A timer and not a look at each event:
/// what cannot be accepted stays ready, and the loop would spin.
static void pause_accepting(
  cgrpc_listener *listener, cgrpc_listener_report report, int problem, int64_t now
) {
  listener->resume_at = now + RETRY_MILLISECONDS;
  watch_listening_sockets(listener, 0);
  if (now < listener->silent_until) return;
  listener->silent_until = now + SILENCE_MILLISECONDS;
  listener->options.report(listener->options.context, report, problem);
}

/// Whether there is room for one more; a peer that keeps silent yields its place to one who waits.
static bool make_room(cgrpc_listener *listener, int64_t now) {
  size_t limit = listener->options.maximum_connections;
  if (connection_table_count(&listener->connections) < limit) return true;
  if (connection_table_sweep(&listener->connections) < limit) return true;
  int64_t accepted_at = 0;
  int oldest = connection_table_oldest_waiting(&listener->connections, &accepted_at);
  if (oldest < 0 || now - accepted_at < PATIENCE_MILLISECONDS) return false;
  listener_close_waiting(listener, oldest);
  return true;
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
      listener_check_preface(listener, descriptor, events[i].events);
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
    int64_t now = now_milliseconds();
    int64_t wait = expire(listener, now);
    if (listener->resume_at != 0) {
      int64_t left = listener->resume_at - now;
      if (left <= 0) {
        listener->resume_at = 0;
        watch_listening_sockets(listener, EPOLLIN);
      } else if (wait < 0 || left < wait) {
        wait = left;
      }
    }
    if (wait > INT32_MAX) wait = INT32_MAX;
    int count = epoll_wait(listener->epoll, events, EVENTS_PER_TURN, (int)wait);
    handle(listener, events, count, now_milliseconds());
  }
  return NULL;
}

// MARK: - Life

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
  *problem = listening_sockets_open(&listener->sockets, address, options->unix_mode);
  if (*problem != 0) {
    free(listener);
    return NULL;
  }
  listener->epoll = epoll_create1(EPOLL_CLOEXEC);
  listener->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  bool has_table = connection_table_open(&listener->connections);
  bool is_ready =
    listener->epoll >= 0 && listener->waker >= 0 && has_table
    && watch(listener, listener->waker, EPOLLIN);
  for (size_t i = 0; is_ready && i < listener->sockets.count; i++)
    is_ready = watch(listener, listener->sockets.descriptors[i], EPOLLIN);
  if (is_ready) {
    listener->credentials = grpc_insecure_server_credentials_create();
    return listener;
  }
  *problem = errno;
  listening_sockets_close(&listener->sockets);
  if (listener->epoll >= 0) close(listener->epoll);
  if (listener->waker >= 0) close(listener->waker);
  if (has_table) connection_table_close(&listener->connections);
  free(listener);
  return NULL;
}

int cgrpc_listener_port(const cgrpc_listener *listener) { return listener->sockets.port; }

int cgrpc_listener_start(cgrpc_listener *listener, cgrpc_server *server) {
  listener->server = server->core;
  // The process waits for its signals elsewhere.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int problem = pthread_create(&listener->thread, NULL, run, listener);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  listener->has_thread = problem == 0;
  return problem;
}

void cgrpc_listener_stop(cgrpc_listener *listener) {
  atomic_store(&listener->is_stopping, true);
  if (listener->has_thread) {
    eventfd_write(listener->waker, 1);
    pthread_join(listener->thread, NULL);
    listener->has_thread = false;
  }
  listening_sockets_close(&listener->sockets);
  int64_t accepted_at;
  int waiting;
  while ((waiting = connection_table_oldest_waiting(&listener->connections, &accepted_at)) >= 0)
    listener_close_waiting(listener, waiting);
}

void cgrpc_listener_destroy(cgrpc_listener *listener) {
  cgrpc_listener_stop(listener);
  connection_table_close(&listener->connections);
  grpc_server_credentials_release(listener->credentials);
  close(listener->epoll);
  close(listener->waker);
  free(listener);
}

size_t cgrpc_listener_connection_count(cgrpc_listener *listener) {
  return connection_table_sweep(&listener->connections);
}

size_t cgrpc_listener_begin_call(
  cgrpc_listener *listener, const char *core_peer, int *connection, char *peer, size_t size
) {
  if (strncmp(core_peer, "fd:", 3) != 0) return 0;
  char *end;
  long descriptor = strtol(core_peer + 3, &end, 10);
  if (end == core_peer + 3 || *end != '\0' || descriptor > INT32_MAX) return 0;
  *connection = (int)descriptor;
  size_t calls =
    connection_table_begin_call(&listener->connections, (int)descriptor, peer, size);
  // The call keeps the descriptor open, so this cannot meet another connection.
  if (calls > listener->options.calls_to_disconnect) shutdown((int)descriptor, SHUT_RDWR);
  return calls;
}

void cgrpc_listener_end_call(cgrpc_listener *listener, int connection) {
  connection_table_end_call(&listener->connections, connection);
}
