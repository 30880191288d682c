#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "listener.h"

enum {
  SOCKET_FLAGS = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
  LOCK_ATTEMPTS = 100,
  LOCK_PAUSE_NANOSECONDS = 10000000,
};

const char *cgrpc_bind_problem_text(int problem) {
  // getaddrinfo's codes are negative, errno's positive.
  return problem < 0 ? gai_strerror(problem) : strerror(problem);
}

static void keep(listening_sockets *sockets, int descriptor) {
  sockets->descriptors[sockets->count++] = descriptor;
}

void listening_sockets_close(listening_sockets *sockets) {
  if (sockets->path != NULL && sockets->count > 0) {
    struct stat file;
    if (
      lstat(sockets->path, &file) == 0 && file.st_dev == sockets->device
      && file.st_ino == sockets->inode)
      unlink(sockets->path);
  }
  for (size_t i = 0; i < sockets->count; i++) close(sockets->descriptors[i]);
  sockets->count = 0;
  free(sockets->path);
  sockets->path = NULL;
}

// MARK: - TCP

static void set_port(struct sockaddr *address, int port) {
  if (address->sa_family == AF_INET)
    ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
  if (address->sa_family == AF_INET6)
    ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
}

static int port_of(int descriptor) {
  struct sockaddr_storage address = {0};
  socklen_t length = sizeof address;
  getsockname(descriptor, (struct sockaddr *)&address, &length);
  if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
  return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
}

static int open_tcp_socket(listening_sockets *sockets, const struct addrinfo *where) {
  int descriptor = socket(where->ai_family, SOCKET_FLAGS, 0);
  if (descriptor < 0) return errno;
  int on = 1, off = 0;
  // Bind again at once after a stop. Not SO_REUSEPORT: two servers would share the connections,
  // where an operator expects an error.
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (where->ai_family == AF_INET6)
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  // With port 0 the first socket chooses for the others of the name.
  if (sockets->port > 0) set_port(where->ai_addr, sockets->port);
  if (
    bind(descriptor, where->ai_addr, where->ai_addrlen) != 0
    || listen(descriptor, SOMAXCONN) != 0) {
    int problem = errno;
    close(descriptor);
    return problem;
  }
  sockets->port = port_of(descriptor);
  keep(sockets, descriptor);
  return 0;
}

static int open_tcp(listening_sockets *sockets, const char *address) {
  char *host = strdup(address);
  if (host == NULL) return ENOMEM;
  char *colon = strrchr(host, ':');
  if (colon == NULL) {
    free(host);
    return EINVAL;
  }
  *colon = '\0';
  char *name = host;
  size_t length = strlen(name);
  if (length >= 2 && name[0] == '[' && name[length - 1] == ']') {
    name[length - 1] = '\0';
    name++;
  }
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
  struct addrinfo *found = NULL;
  int problem = getaddrinfo(name, colon + 1, &hints, &found);
  if (problem == EAI_SYSTEM) problem = errno;
  free(host);
  if (problem != 0) return problem;
  int missing = EADDRNOTAVAIL;
  for (struct addrinfo *where = found; where != NULL && problem == 0; where = where->ai_next) {
    if (sockets->count == LISTENING_SOCKETS) break;
    problem = open_tcp_socket(sockets, where);
    // A name may stand for an address family that this machine does not have.
    if (problem == EADDRNOTAVAIL || problem == EAFNOSUPPORT) {
      missing = problem;
      problem = 0;
    }
  }
  freeaddrinfo(found);
  return problem == 0 && sockets->count == 0 ? missing : problem;
}

// MARK: - Unix sockets

/// Keeps servers that start at once from taking each other's fresh file for a dead one's: a lock on
/// the directory, which leaves nothing behind. -1 when it cannot be had; it is then done without.
static int lock_directory(const char *path) {
  char *copy = strdup(path);
  if (copy == NULL) return -1;
  int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  free(copy);
  if (directory < 0) return -1;
  struct timespec pause = {.tv_nsec = LOCK_PAUSE_NANOSECONDS};
  for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
    if (flock(directory, LOCK_EX | LOCK_NB) == 0) return directory;
    nanosleep(&pause, NULL);
  }
  close(directory);
  return -1;
}

/// Whether the file is a socket that nobody listens on: what a server leaves that was killed.
static bool is_dead_socket(const char *path, const struct sockaddr_un *address) {
  struct stat file;
  if (lstat(path, &file) != 0 || !S_ISSOCK(file.st_mode)) return false;
  int descriptor = socket(AF_UNIX, SOCKET_FLAGS, 0);
  if (descriptor < 0) return false;
  bool is_refused =
    connect(descriptor, (const struct sockaddr *)address, sizeof *address) != 0
    && errno == ECONNREFUSED;
  close(descriptor);
  return is_refused;
}

static int bind_unix(
  int descriptor, const char *path, const struct sockaddr_un *address, mode_t mode
) {
  const struct sockaddr *generic = (const struct sockaddr *)address;
  if (bind(descriptor, generic, sizeof *address) != 0) {
    if (errno != EADDRINUSE) return errno;
    if (!is_dead_socket(path, address)) return EADDRINUSE;
    if (unlink(path) != 0 || bind(descriptor, generic, sizeof *address) != 0) return errno;
  }
  // Nobody can connect before listen(): there is no moment with a laxer mode.
  if (chmod(path, mode) == 0 && listen(descriptor, SOMAXCONN) == 0) return 0;
  int problem = errno;
  unlink(path);
  return problem;
}

static int open_unix(listening_sockets *sockets, const char *path, mode_t mode) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (path[0] == '\0') return EINVAL;
  if (strlen(path) >= sizeof address.sun_path) return ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCKET_FLAGS, 0);
  if (descriptor < 0) return errno;
  int lock = lock_directory(path);
  int problem = bind_unix(descriptor, path, &address, mode);
  struct stat file;
  if (problem == 0 && lstat(path, &file) == 0) {
    sockets->device = file.st_dev;
    sockets->inode = file.st_ino;
    sockets->path = strdup(path);
  }
  if (lock >= 0) close(lock);
  if (problem == 0)
    keep(sockets, descriptor);
  else
    close(descriptor);
  return problem;
}

int listening_sockets_open(listening_sockets *sockets, const char *address, mode_t unix_mode) {
  *sockets = (listening_sockets){0};
  int problem = strncmp(address, "unix:", 5) == 0
    ? open_unix(sockets, address + 5, unix_mode)
    : open_tcp(sockets, address);
  if (problem != 0) listening_sockets_close(sockets);
  return problem;
}
