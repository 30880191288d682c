#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/socket.h>

#include "guard.h"

// The dynamic linker lets an executable's definition of a function serve the libraries as well. So
// libgrpc reads and writes its sockets through the functions below, which call the real ones, and
// show the guards what passed. Everything else in the process passes through with a look into a table.

#pragma GCC visibility push(default)

typedef ssize_t (*recvmsg_function)(int, struct msghdr *, int);
typedef ssize_t (*sendmsg_function)(int, const struct msghdr *, int);
typedef int (*shutdown_function)(int, int);
typedef SSL *(*ssl_new_function)(SSL_CTX *);
typedef int (*ssl_read_function)(SSL *, void *, int);
typedef int (*ssl_write_function)(SSL *, const void *, int);

static struct {
  recvmsg_function recvmsg;
  sendmsg_function sendmsg;
  shutdown_function shutdown;
  ssl_new_function ssl_new;
  ssl_read_function ssl_read;
  ssl_write_function ssl_write;
} real;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_real(void) {
  real.recvmsg = (recvmsg_function)dlsym(RTLD_NEXT, "recvmsg");
  real.sendmsg = (sendmsg_function)dlsym(RTLD_NEXT, "sendmsg");
  real.shutdown = (shutdown_function)dlsym(RTLD_NEXT, "shutdown");
  real.ssl_new = (ssl_new_function)dlsym(RTLD_NEXT, "SSL_new");
  real.ssl_read = (ssl_read_function)dlsym(RTLD_NEXT, "SSL_read");
  real.ssl_write = (ssl_write_function)dlsym(RTLD_NEXT, "SSL_write");
}

bool guard_is_effective(void) {
  return dlsym(RTLD_DEFAULT, "recvmsg") == (void *)recvmsg
    && dlsym(RTLD_DEFAULT, "sendmsg") == (void *)sendmsg
    && dlsym(RTLD_DEFAULT, "shutdown") == (void *)shutdown
    && dlsym(RTLD_DEFAULT, "SSL_new") == (void *)SSL_new
    && dlsym(RTLD_DEFAULT, "SSL_read") == (void *)SSL_read
    && dlsym(RTLD_DEFAULT, "SSL_write") == (void *)SSL_write;
}

ssize_t recvmsg(int descriptor, struct msghdr *message, int flags) {
  pthread_once(&once, find_real);
  connection_guard *guard = guard_of(descriptor);
  // The queue of errors holds nothing that the peer sent.
  if (guard == NULL || (flags & (MSG_ERRQUEUE | MSG_PEEK)) != 0)
    return real.recvmsg(descriptor, message, flags);
  if (guard_ends_turn(guard)) {
    errno = EAGAIN;
    return -1;
  }
  ssize_t size = guard_is_doomed(guard) ? -1 : real.recvmsg(descriptor, message, flags);
  if (size > 0) guard_received(guard, message->msg_iov, message->msg_iovlen, (size_t)size);
  if (!guard_is_doomed(guard)) return size;
  errno = ECONNRESET;
  return -1;
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
  pthread_once(&once, find_real);
  connection_guard *guard = guard_of(descriptor);
  if (guard != NULL) guard_correct(guard, message->msg_iov, message->msg_iovlen, SIZE_MAX);
  ssize_t size = real.sendmsg(descriptor, message, flags);
  if (guard != NULL && size > 0)
    guard_sent(guard, message->msg_iov, message->msg_iovlen, (size_t)size);
  return size;
}

int shutdown(int descriptor, int direction) {
  pthread_once(&once, find_real);
  connection_guard *guard = direction == SHUT_RDWR ? guard_of(descriptor) : NULL;
  if (guard != NULL) guard_detach(guard);
  return real.shutdown(descriptor, direction);
}

SSL *SSL_new(SSL_CTX *context) {
  pthread_once(&once, find_real);
  SSL *session = real.ssl_new(context);
  if (session != NULL) guard_adopt_session(session);
  return session;
}

int SSL_read(SSL *session, void *buffer, int capacity) {
  pthread_once(&once, find_real);
  connection_guard *guard = guard_of_session(session);
  if (guard == NULL) return real.ssl_read(session, buffer, capacity);
  if (guard_is_doomed(guard)) return -1;
  int size = real.ssl_read(session, buffer, capacity);
  // An end without a reason: core gives the connection up.
  return size <= 0 || guard_decrypted(guard, buffer, (size_t)size) ? size : -1;
}

int SSL_write(SSL *session, const void *buffer, int length) {
  pthread_once(&once, find_real);
  connection_guard *guard = guard_of_session(session);
  if (guard != NULL && length > 0) guard_correct_decrypted(guard, buffer, (size_t)length);
  int size = real.ssl_write(session, buffer, length);
  if (guard != NULL && size > 0) guard_encrypted(guard, buffer, (size_t)size);
  return size;
}

#pragma GCC visibility pop
