/// What the files of the shim share; nobody else includes it.
#ifndef CGRPC_INTERNAL_H
#define CGRPC_INTERNAL_H

#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <stdatomic.h>

#include "cgrpc.h"

/// What core carries through a queue for us: which event this is, and whose.
typedef struct cgrpc_tag {
  cgrpc_event_kind kind;
  void *context;
  cgrpc_call *call;
} cgrpc_tag;

struct cgrpc_queue {
  grpc_completion_queue *core;
  /// The gate: starts under way in the upper bits, bit 0 set once the queue is closed. Starting a
  /// batch on a queue that was shut down aborts the process, so every start passes here.
  atomic_long gate;
  /// Core has no alarm in C; an empty batch on a call that goes nowhere completes at once.
  grpc_channel *nowhere;
  grpc_call *waker;
  cgrpc_tag wake_tag;
};

struct cgrpc_server {
  grpc_server *core;
  /// Core's door for connections that somebody else accepted (acceptor.c); NULL unless it is open.
  void *acceptor;
  /// Whether what comes through that door is TLS.
  bool is_secure;
  cgrpc_tag stopped_tag;
};

struct cgrpc_channel {
  grpc_channel *core;
};

struct cgrpc_call {
  cgrpc_queue *queue;
  grpc_call *core;
  /// One tag for each operation that can be under way at once.
  cgrpc_tag arrival_tag;
  cgrpc_tag close_tag;
  cgrpc_tag finish_tag;
  cgrpc_tag send_tag;
  cgrpc_tag receive_tag;
  gpr_timespec deadline;
  grpc_call_details details;
  grpc_metadata_array initial_metadata;
  grpc_metadata_array trailing_metadata;
  grpc_byte_buffer *received;
  grpc_slice message;
  /// Flags of a client call's initial metadata.
  uint32_t start_flags;
  grpc_status_code status;
  grpc_slice status_message;
  int cancelled;
};

/// Opens the gate for one start; false when the queue is closed.
bool cgrpc_gate_enter(cgrpc_queue *queue);

/// Leaves the gate; shuts the queue down when it was closed meanwhile and nobody is inside.
void cgrpc_gate_leave(cgrpc_queue *queue);

/// Starts a batch through the gate. The tag must stay until its event.
cgrpc_result cgrpc_start_batch(
  cgrpc_queue *queue, grpc_call *call, const grpc_op *operations, size_t count, cgrpc_tag *tag);

/// A block for a call on this queue, all empty; NULL when memory is short.
cgrpc_call *cgrpc_call_allocate(cgrpc_queue *queue);

/// Core's form of arguments; free the array with free().
grpc_channel_args cgrpc_core_arguments(const cgrpc_argument *arguments, size_t count);

/// The argument that lets core fill in `server->acceptor`; the server must stay where it is.
grpc_arg cgrpc_acceptor_argument(cgrpc_server *server);

/// Opens the door with these credentials, before the start; false when core refuses.
bool cgrpc_acceptor_open(cgrpc_server *server, grpc_server_credentials *credentials);

/// Gives core an accepted TCP connection of a started server. From here on the descriptor, which is
/// non-blocking, is core's. Not at once with itself, nor after cgrpc_server_shutdown.
void cgrpc_acceptor_take(void *acceptor, int listening, int descriptor);

/// Metadata to send, in core's form: its own copies of everything.
typedef struct cgrpc_outgoing_metadata {
  grpc_metadata *entries;
  size_t count;
} cgrpc_outgoing_metadata;

/// Reads flat metadata; false, and nothing to free, when it is malformed or illegal to send.
bool cgrpc_outgoing_metadata_read(
  cgrpc_outgoing_metadata *out, const uint8_t *flat, size_t length);
void cgrpc_outgoing_metadata_free(cgrpc_outgoing_metadata *metadata);

/// The call's allocated message as a byte buffer of its own; the call's slice is empty again.
grpc_byte_buffer *cgrpc_take_message(cgrpc_call *call);

/// Fills in the operation that sends initial metadata, which `metadata` owns.
void cgrpc_headers_operation(
  grpc_op *operation, const cgrpc_headers *headers, const cgrpc_outgoing_metadata *metadata,
  uint32_t flags);

/// libgrpc is not instrumented: these tell ThreadSanitizer of the hand-over through the queue.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define CGRPC_HAND_OVER(tag) __tsan_release(tag)
#define CGRPC_TAKE_OVER(tag) __tsan_acquire(tag)
#endif
#endif
#ifndef CGRPC_HAND_OVER
#define CGRPC_HAND_OVER(tag) ((void)(tag))
#define CGRPC_TAKE_OVER(tag) ((void)(tag))
#endif

#endif
