#include <grpc/grpc_security.h>
#include <stddef.h>
#include <string.h>

#include "internal.h"

// Core does the TLS handshake of a connection that somebody else accepted only through the door that
// its C++ API calls an external connection acceptor: a server with the argument NAME, a pointer to
// a place for a handler, and the "address" NAME puts a handler there, whose method takes accepted
// descriptors. grpc_server_add_channel_from_fd, the C function, refuses every encryption. The
// handler is an object of
//
//   class TcpServerFdHandler {
//     virtual ~TcpServerFdHandler();
//     virtual void Handle(int listener_fd, int fd, grpc_byte_buffer* pending_read) = 0;
//   };
//
// whose table of methods, by the C++ ABI of all platforms with ELF, begins with two destructors.
// It belongs to core's listener and goes with it at the server's shutdown.

static const char NAME[] = "external:accepted";

/// The version of core whose class was looked at: Debian 12's 1.51. Its soname carries it too.
static const char KNOWN_CORE[] = "29.";

typedef void (*handle_method)(
  void *handler, int listening, int descriptor, grpc_byte_buffer *pending_read);

typedef struct fd_handler {
  const struct {
    void (*complete_destructor)(void *);
    void (*deleting_destructor)(void *);
    handle_method handle;
  } *methods;
} fd_handler;

static void *copy_pointer(void *pointer) { return pointer; }

static void keep_pointer(void *pointer) { (void)pointer; }

static int compare_pointers(void *first, void *second) {
  return first < second ? -1 : first > second;
}

grpc_arg cgrpc_acceptor_argument(cgrpc_server *server) {
  static const grpc_arg_pointer_vtable VTABLE = {copy_pointer, keep_pointer, compare_pointers};
  return (grpc_arg){
    .type = GRPC_ARG_POINTER,
    .key = (char *)NAME,
    .value.pointer = {&server->acceptor, &VTABLE},
  };
}

bool cgrpc_acceptor_open(cgrpc_server *server, grpc_server_credentials *credentials) {
  if (strncmp(grpc_version_string(), KNOWN_CORE, sizeof KNOWN_CORE - 1) != 0) return false;
  // The port that it returns says nothing here.
  grpc_server_add_http2_port(server->core, NAME, credentials);
  return server->acceptor != NULL;
}

void cgrpc_acceptor_take(void *acceptor, int listening, int descriptor) {
  fd_handler *handler = acceptor;
  handler->methods->handle(handler, listening, descriptor, NULL);
}
