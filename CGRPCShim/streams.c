#include <grpc/support/alloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listener.h"

// Core tells of a call when its request has arrived, and reads ahead of whoever handles what it
// tells. How much a peer has begun before that, core only counts: for channelz, its view for
// operators, which it gives out as JSON with numbers in quotes and without those that are 0. For what
// is gone, as a connection may be by the time it is asked for, there is no JSON: NULL.

enum { SOCKETS_PER_PAGE = 100 };

/// The number of this name at or after `json`, which may be NULL, and in `rest` what follows it;
/// -1: there is none, and `rest` is as it was.
static int64_t number_of(const char *json, const char *name, const char **rest) {
  if (json == NULL) return -1;
  char wanted[32];
  snprintf(wanted, sizeof wanted, "\"%s\":\"", name);
  const char *found = strstr(json, wanted);
  if (found == NULL) return -1;
  char *end;
  int64_t number = strtoll(found + strlen(wanted), &end, 10);
  if (rest != NULL) *rest = end;
  return number;
}

static int64_t count_of(const char *json, const char *name) {
  int64_t number = number_of(json, name, NULL);
  return number < 0 ? 0 : number;
}

// MARK: - Server

static pthread_mutex_t creation = PTHREAD_MUTEX_INITIALIZER;
/// The newest server known so far; numbers only grow.
static int64_t newest_server;

grpc_server *cgrpc_create_counted_server(const grpc_channel_args *arguments, int64_t *number) {
  pthread_mutex_lock(&creation);
  grpc_server *server = grpc_server_create(arguments, NULL);
  for (bool is_end = false; !is_end;) {
    char *json = grpc_channelz_get_servers((intptr_t)newest_server + 1);
    is_end = true;
    const char *rest = json;
    for (int64_t found; (found = number_of(rest, "serverId", &rest)) >= 0; is_end = false)
      if (found > newest_server) newest_server = found;
    gpr_free(json);
  }
  *number = newest_server;
  pthread_mutex_unlock(&creation);
  return server;
}

int64_t cgrpc_server_begun_calls(const cgrpc_server *server) {
  char *json = grpc_channelz_get_server((intptr_t)server->number);
  int64_t begun = count_of(json, "callsStarted");
  gpr_free(json);
  return begun;
}

// MARK: - Connections

/// Streams that exist: begun, and not freed by core yet.
static int64_t open_streams(int64_t socket) {
  char *json = grpc_channelz_get_socket((intptr_t)socket);
  int64_t open = count_of(json, "streamsStarted") - count_of(json, "streamsSucceeded")
    - count_of(json, "streamsFailed");
  gpr_free(json);
  return open;
}

void cgrpc_server_visit_connections(
  const cgrpc_server *server, connection_visitor visit, void *context
) {
  static const char NAME[] = "\"name\":\"chttp2 ";
  int64_t last = 0;
  for (bool is_end = false; !is_end;) {
    char *json = grpc_channelz_get_server_sockets(
      (intptr_t)server->number, (intptr_t)last + 1, SOCKETS_PER_PAGE);
    is_end = true;
    const char *rest = json;
    while (rest != NULL && (rest = strstr(rest, NAME)) != NULL) {
      const char *peer = rest + sizeof NAME - 1;
      size_t length = strcspn(peer, "\"");
      char name[80];
      snprintf(name, sizeof name, "%.*s", (int)length, peer);
      int64_t socket = number_of(peer, "socketId", &rest);
      if (socket <= last) break;
      last = socket;
      is_end = false;
      visit(context, name, open_streams(socket));
    }
    gpr_free(json);
  }
}
