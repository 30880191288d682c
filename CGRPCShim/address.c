#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cgrpc.h"

/// Tries a bind of our own; 0 when it works.
static int try_bind(int family, const struct sockaddr *address, socklen_t length) {
  int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int problem = 0;
  if (bind(descriptor, address, length) != 0 || listen(descriptor, 1) != 0) problem = errno;
  close(descriptor);
  return problem;
}

static int explain_unix(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int problem = try_bind(AF_UNIX, (struct sockaddr *)&address, sizeof address);
  if (problem == 0) unlink(path);
  return problem;
}

static int explain_tcp(const char *address) {
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
  int problem = EADDRNOTAVAIL;
  if (getaddrinfo(name, colon + 1, &hints, &found) == 0) {
    problem = try_bind(found->ai_family, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
  }
  free(host);
  return problem;
}

int cgrpc_explain_bind_failure(const char *address) {
  return strncmp(address, "unix:", 5) == 0 ? explain_unix(address + 5) : explain_tcp(address);
}
