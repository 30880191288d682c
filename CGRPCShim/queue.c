#define _GNU_SOURCE
#include <grpc/support/log.h>
#include <pthread.h>
#include <stdlib.h>

#include "guard.h"
#include "internal.h"

enum { CLOSED = 1, ONE_START = 2 };

void cgrpc_library_start(void) { grpc_init(); }

const char *cgrpc_library_version(void) { return grpc_version_string(); }

bool cgrpc_library_is_guarded(void) { return guard_is_effective(); }

void cgrpc_thread_set_name(const char *name) { pthread_setname_np(pthread_self(), name); }

static _Atomic(cgrpc_log) log_receiver;

static void forward_log(gpr_log_func_args *arguments) {
  cgrpc_log log = atomic_load(&log_receiver);
  if (log != NULL)
    log((int)arguments->severity, arguments->file, arguments->line, arguments->message);
}

void cgrpc_library_set_log(cgrpc_log log) {
  atomic_store(&log_receiver, log);
  gpr_set_log_function(forward_log);
}

bool cgrpc_gate_enter(cgrpc_queue *queue) {
  long seen = atomic_load_explicit(&queue->gate, memory_order_relaxed);
  do {
    if (seen & CLOSED) return false;
  } while (!atomic_compare_exchange_weak(&queue->gate, &seen, seen + ONE_START));
  return true;
}

void cgrpc_gate_leave(cgrpc_queue *queue) {
  // Exactly one of those who may bring the gate to "closed and empty" sees that value.
  if (atomic_fetch_sub(&queue->gate, ONE_START) == (ONE_START | CLOSED))
    grpc_completion_queue_shutdown(queue->core);
}

cgrpc_result cgrpc_start_batch(
  cgrpc_queue *queue, grpc_call *call, const grpc_op *operations, size_t count, cgrpc_tag *tag
) {
  if (!cgrpc_gate_enter(queue)) return CGRPC_CLOSED;
  CGRPC_HAND_OVER(tag);
  grpc_call_error error = grpc_call_start_batch(call, operations, count, tag, NULL);
  cgrpc_gate_leave(queue);
  return error == GRPC_CALL_OK ? CGRPC_OK : CGRPC_REFUSED;
}

cgrpc_queue *cgrpc_queue_create(void) {
  cgrpc_queue *queue = calloc(1, sizeof *queue);
  if (queue == NULL) return NULL;
  queue->core = grpc_completion_queue_create_for_next(NULL);
  queue->nowhere =
    grpc_lame_client_channel_create("nowhere", GRPC_STATUS_UNAVAILABLE, "goes nowhere");
  queue->waker = grpc_channel_create_call(
    queue->nowhere, NULL, GRPC_PROPAGATE_DEFAULTS, queue->core,
    grpc_slice_from_static_string("/wake"), NULL, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
  queue->wake_tag.kind = CGRPC_EVENT_WAKE;
  atomic_init(&queue->gate, 0);
  return queue;
}

cgrpc_event cgrpc_queue_next(cgrpc_queue *queue, bool wait) {
  gpr_timespec until =
    wait ? gpr_inf_future(GPR_CLOCK_MONOTONIC) : gpr_inf_past(GPR_CLOCK_MONOTONIC);
  grpc_event core = grpc_completion_queue_next(queue->core, until, NULL);
  cgrpc_event event = {.kind = CGRPC_EVENT_TIMEOUT, .ok = false, .context = NULL, .call = NULL};
  switch (core.type) {
    case GRPC_QUEUE_TIMEOUT:
      return event;
    case GRPC_QUEUE_SHUTDOWN:
      event.kind = CGRPC_EVENT_SHUTDOWN;
      return event;
    case GRPC_OP_COMPLETE:
      break;
  }
  cgrpc_tag *tag = core.tag;
  CGRPC_TAKE_OVER(tag);
  event.kind = tag->kind;
  event.ok = core.success != 0;
  event.context = tag->context;
  event.call = tag->call;
  return event;
}

bool cgrpc_queue_wake(cgrpc_queue *queue) {
  return cgrpc_start_batch(queue, queue->waker, NULL, 0, &queue->wake_tag) == CGRPC_OK;
}

void cgrpc_queue_shutdown(cgrpc_queue *queue) {
  if (atomic_fetch_or(&queue->gate, CLOSED) == 0) grpc_completion_queue_shutdown(queue->core);
}

void cgrpc_queue_destroy(cgrpc_queue *queue) {
  grpc_call_unref(queue->waker);
  grpc_channel_destroy(queue->nowhere);
  grpc_completion_queue_destroy(queue->core);
  free(queue);
}
