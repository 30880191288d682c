#include <errno.h>
#include <grpc/grpc_posix.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "listener.h"

/// What every HTTP/2 client sends first (RFC 9113 §3.4).
static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static const char WRONG_PROTOCOL[] =
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 36\r\n"
  "Connection: close\r\n\r\nThis port speaks gRPC over HTTP/2.\r\n";

enum {
  PREFACE_LENGTH = sizeof PREFACE - 1,
  /// The first byte of every TLS connection (RFC 8446 §5.1).
  TLS_HANDSHAKE_RECORD = 22,
};

void listener_close_waiting(cgrpc_listener *listener, int descriptor) {
  // By itself the interest would outlive a close while a forked child still holds the file.
  epoll_ctl(listener->epoll, EPOLL_CTL_DEL, descriptor, NULL);
  connection_table_remove(&listener->connections, descriptor);
  close(descriptor);
}

/// Answers a client of HTTP/1 in its own words before the connection is closed.
static void refuse(int descriptor, const char *received, ssize_t count) {
  static const char *const METHODS[] = {"GET ", "HEAD", "POST", "PUT ", "OPTI", "DELE", "CONN"};
  for (size_t i = 0; count >= 4 && i < sizeof METHODS / sizeof *METHODS; i++) {
    if (memcmp(received, METHODS[i], 4) != 0) continue;
    char rest[4096];
    // Closing with bytes unread resets the connection, and the answer might be lost.
    recv(descriptor, rest, sizeof rest, MSG_DONTWAIT);
    send(
      descriptor, WRONG_PROTOCOL, sizeof WRONG_PROTOCOL - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
}

/// Whether what arrived can become what the server speaks, and how much of it is enough.
static bool begins_well(const cgrpc_listener *listener, const char *received, ssize_t count) {
  if (listener->server->is_secure) return received[0] == TLS_HANDSHAKE_RECORD;
  return memcmp(received, PREFACE, (size_t)count) == 0;
}

static ssize_t enough(const cgrpc_listener *listener) {
  return listener->server->is_secure ? 1 : PREFACE_LENGTH;
}

/// Core's from here on.
static void hand_over(cgrpc_listener *listener, int descriptor) {
  void *acceptor = listener->server->acceptor;
  guard_begin_handover(descriptor);
  if (acceptor != NULL)
    cgrpc_acceptor_take(acceptor, listener->sockets.descriptors[0], descriptor);
  else
    grpc_server_add_channel_from_fd(listener->server->core, descriptor, listener->credentials);
  guard_end_handover();
}

void listener_check_beginning(cgrpc_listener *listener, int descriptor, uint32_t events) {
  char received[PREFACE_LENGTH];
  ssize_t count = recv(descriptor, received, sizeof received, MSG_PEEK | MSG_DONTWAIT);
  bool is_over = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (count < 0 && (errno == EAGAIN || errno == EINTR) && !is_over) return;
  if (count <= 0 || !begins_well(listener, received, count)) {
    refuse(descriptor, received, count);
    listener_close_waiting(listener, descriptor);
    return;
  }
  if (count < enough(listener)) {
    if (is_over) listener_close_waiting(listener, descriptor);
    return;
  }
  epoll_ctl(listener->epoll, EPOLL_CTL_DEL, descriptor, NULL);
  uint64_t cookie = 0;
  if (
    connection_table_adopt(&listener->connections, descriptor, listener_now(), &cookie)
    && guard_attach(listener->guards, descriptor, cookie, listener->server->is_secure))
    hand_over(listener, descriptor);
  else
    listener_close_waiting(listener, descriptor);
}
