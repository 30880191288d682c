#include <grpc/byte_buffer_reader.h>
#include <grpc/support/alloc.h>
#include <grpc/support/time.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static atomic_size_t live_calls;

size_t cgrpc_live_call_count(void) {
  return atomic_load_explicit(&live_calls, memory_order_relaxed);
}

cgrpc_call *cgrpc_call_allocate(cgrpc_queue *queue) {
  cgrpc_call *call = calloc(1, sizeof *call);
  if (call == NULL) return NULL;
  atomic_fetch_add_explicit(&live_calls, 1, memory_order_relaxed);
  call->queue = queue;
  call->arrival_tag = (cgrpc_tag){CGRPC_EVENT_CALL_ARRIVED, NULL, call};
  call->close_tag = (cgrpc_tag){CGRPC_EVENT_CALL_CLOSED, NULL, call};
  call->finish_tag = (cgrpc_tag){CGRPC_EVENT_REPLY_SENT, NULL, call};
  call->send_tag = (cgrpc_tag){CGRPC_EVENT_SENT, NULL, call};
  call->receive_tag = (cgrpc_tag){CGRPC_EVENT_RECEIVED, NULL, call};
  call->message = grpc_empty_slice();
  call->status_message = grpc_empty_slice();
  grpc_call_details_init(&call->details);
  grpc_metadata_array_init(&call->initial_metadata);
  grpc_metadata_array_init(&call->trailing_metadata);
  return call;
}

void cgrpc_call_destroy(cgrpc_call *call) {
  cgrpc_call_drop_message(call);
  grpc_slice_unref(call->message);
  grpc_slice_unref(call->status_message);
  grpc_call_details_destroy(&call->details);
  // The entries belong to the core call, only the arrays are ours.
  grpc_metadata_array_destroy(&call->initial_metadata);
  grpc_metadata_array_destroy(&call->trailing_metadata);
  if (call->core != NULL) grpc_call_unref(call->core);
  free(call);
  atomic_fetch_sub_explicit(&live_calls, 1, memory_order_relaxed);
}

void cgrpc_call_cancel(cgrpc_call *call) { grpc_call_cancel(call->core, NULL); }

// MARK: - What arrived

const char *cgrpc_call_path(const cgrpc_call *call, size_t *length) {
  *length = GRPC_SLICE_LENGTH(call->details.method);
  return (const char *)GRPC_SLICE_START_PTR(call->details.method);
}

int64_t cgrpc_call_remaining_nanoseconds(const cgrpc_call *call) {
  if (gpr_time_cmp(call->deadline, gpr_inf_future(call->deadline.clock_type)) == 0)
    return INT64_MAX;
  gpr_timespec left = gpr_time_sub(call->deadline, gpr_now(call->deadline.clock_type));
  if (left.tv_sec >= INT64_MAX / GPR_NS_PER_SEC) return INT64_MAX;
  if (left.tv_sec <= INT64_MIN / GPR_NS_PER_SEC) return INT64_MIN;
  return left.tv_sec * GPR_NS_PER_SEC + left.tv_nsec;
}

char *cgrpc_call_peer(const cgrpc_call *call) { return grpc_call_get_peer(call->core); }

void cgrpc_string_free(char *string) { gpr_free(string); }

bool cgrpc_call_was_cancelled(const cgrpc_call *call) { return call->cancelled != 0; }

bool cgrpc_call_has_message(const cgrpc_call *call) { return call->received != NULL; }

size_t cgrpc_call_message_size(const cgrpc_call *call) {
  return call->received == NULL ? 0 : grpc_byte_buffer_length(call->received);
}

bool cgrpc_call_copy_message(cgrpc_call *call, uint8_t *destination) {
  if (call->received == NULL) return true;
  grpc_byte_buffer_reader reader;
  if (!grpc_byte_buffer_reader_init(&reader, call->received)) return false;
  grpc_slice *slice;
  while (grpc_byte_buffer_reader_peek(&reader, &slice)) {
    memcpy(destination, GRPC_SLICE_START_PTR(*slice), GRPC_SLICE_LENGTH(*slice));
    destination += GRPC_SLICE_LENGTH(*slice);
  }
  grpc_byte_buffer_reader_destroy(&reader);
  return true;
}

void cgrpc_call_drop_message(cgrpc_call *call) {
  if (call->received == NULL) return;
  grpc_byte_buffer_destroy(call->received);
  call->received = NULL;
}

int cgrpc_call_status(const cgrpc_call *call) { return (int)call->status; }

const char *cgrpc_call_status_message(const cgrpc_call *call, size_t *length) {
  *length = GRPC_SLICE_LENGTH(call->status_message);
  return (const char *)GRPC_SLICE_START_PTR(call->status_message);
}

// MARK: - What is sent

void *cgrpc_call_allocate_message(cgrpc_call *call, size_t size) {
  grpc_slice_unref(call->message);
  call->message = grpc_slice_malloc(size);
  return GRPC_SLICE_START_PTR(call->message);
}

grpc_byte_buffer *cgrpc_take_message(cgrpc_call *call) {
  grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&call->message, 1);
  grpc_slice_unref(call->message);
  call->message = grpc_empty_slice();
  return buffer;
}

cgrpc_result cgrpc_call_start_watch(cgrpc_call *call, void *context) {
  call->close_tag.context = context;
  grpc_op operation = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER};
  operation.data.recv_close_on_server.cancelled = &call->cancelled;
  return cgrpc_start_batch(call->queue, call->core, &operation, 1, &call->close_tag);
}

void cgrpc_headers_operation(
  grpc_op *operation, const cgrpc_headers *headers, const cgrpc_outgoing_metadata *metadata,
  uint32_t flags
) {
  operation->op = GRPC_OP_SEND_INITIAL_METADATA;
  operation->flags = flags;
  operation->data.send_initial_metadata.metadata = metadata->entries;
  operation->data.send_initial_metadata.count = metadata->count;
  operation->data.send_initial_metadata.maybe_compression_level.is_set =
    headers->compression_level > 0;
  operation->data.send_initial_metadata.maybe_compression_level.level =
    (grpc_compression_level)headers->compression_level;
}

cgrpc_result cgrpc_call_start_reply(cgrpc_call *call, const cgrpc_reply *reply, void *context) {
  cgrpc_outgoing_metadata initial, trailing;
  if (!cgrpc_outgoing_metadata_read(
        &initial, reply->headers.metadata, reply->headers.metadata_length))
    return CGRPC_REFUSED;
  if (!cgrpc_outgoing_metadata_read(
        &trailing, reply->trailing_metadata, reply->trailing_metadata_length)) {
    cgrpc_outgoing_metadata_free(&initial);
    return CGRPC_REFUSED;
  }
  grpc_slice status_message =
    grpc_slice_from_copied_buffer(reply->status_message, reply->status_message_length);
  grpc_byte_buffer *message = reply->has_message ? cgrpc_take_message(call) : NULL;

  grpc_op operations[4] = {0};
  size_t count = 0;
  // A status alone never leaves core: initial metadata, be it empty, goes into the same batch.
  if (reply->headers.is_sent)
    cgrpc_headers_operation(&operations[count++], &reply->headers, &initial, 0);
  grpc_op *operation;
  if (message != NULL) {
    operation = &operations[count++];
    operation->op = GRPC_OP_SEND_MESSAGE;
    operation->data.send_message.send_message = message;
  }
  operation = &operations[count++];
  operation->op = GRPC_OP_SEND_STATUS_FROM_SERVER;
  operation->data.send_status_from_server.status = (grpc_status_code)reply->status;
  operation->data.send_status_from_server.status_details =
    reply->status_message_length == 0 ? NULL : &status_message;
  operation->data.send_status_from_server.trailing_metadata = trailing.entries;
  operation->data.send_status_from_server.trailing_metadata_count = trailing.count;
  if (reply->watches_close) {
    operation = &operations[count++];
    operation->op = GRPC_OP_RECV_CLOSE_ON_SERVER;
    operation->data.recv_close_on_server.cancelled = &call->cancelled;
  }
  call->finish_tag.context = context;
  cgrpc_result result =
    cgrpc_start_batch(call->queue, call->core, operations, count, &call->finish_tag);

  // Core has taken what it needs; from here on only locals are touched.
  if (message != NULL) grpc_byte_buffer_destroy(message);
  grpc_slice_unref(status_message);
  cgrpc_outgoing_metadata_free(&initial);
  cgrpc_outgoing_metadata_free(&trailing);
  return result;
}

cgrpc_result cgrpc_call_start_send(cgrpc_call *call, const cgrpc_send *send, void *context) {
  cgrpc_outgoing_metadata initial;
  if (!cgrpc_outgoing_metadata_read(
        &initial, send->headers.metadata, send->headers.metadata_length))
    return CGRPC_REFUSED;
  grpc_byte_buffer *message = send->has_message ? cgrpc_take_message(call) : NULL;
  grpc_op operations[3] = {0};
  size_t count = 0;
  if (send->headers.is_sent)
    cgrpc_headers_operation(&operations[count++], &send->headers, &initial, call->start_flags);
  if (message != NULL) {
    operations[count].op = GRPC_OP_SEND_MESSAGE;
    operations[count].flags =
      (send->is_left_uncompressed ? GRPC_WRITE_NO_COMPRESS : 0)
      | (send->waits_until_written ? GRPC_WRITE_THROUGH : 0);
    operations[count++].data.send_message.send_message = message;
  }
  if (send->closes) operations[count++].op = GRPC_OP_SEND_CLOSE_FROM_CLIENT;
  call->send_tag.context = context;
  cgrpc_result result =
    cgrpc_start_batch(call->queue, call->core, operations, count, &call->send_tag);
  if (message != NULL) grpc_byte_buffer_destroy(message);
  cgrpc_outgoing_metadata_free(&initial);
  return result;
}

cgrpc_result cgrpc_call_start_receive(cgrpc_call *call, void *context) {
  call->receive_tag.context = context;
  grpc_op operation = {.op = GRPC_OP_RECV_MESSAGE};
  operation.data.recv_message.recv_message = &call->received;
  return cgrpc_start_batch(call->queue, call->core, &operation, 1, &call->receive_tag);
}

/// The operation that ends every client call.
static void status_operation(grpc_op *operation, cgrpc_call *call) {
  operation->op = GRPC_OP_RECV_STATUS_ON_CLIENT;
  operation->data.recv_status_on_client.trailing_metadata = &call->trailing_metadata;
  operation->data.recv_status_on_client.status = &call->status;
  operation->data.recv_status_on_client.status_details = &call->status_message;
}

cgrpc_result cgrpc_call_start_client_stream(
  cgrpc_call *call, void *context, void *finish_context
) {
  grpc_op status = {0};
  status_operation(&status, call);
  grpc_op headers = {.op = GRPC_OP_RECV_INITIAL_METADATA};
  headers.data.recv_initial_metadata.recv_initial_metadata = &call->initial_metadata;
  call->finish_tag.context = finish_context;
  call->arrival_tag.kind = CGRPC_EVENT_HEADERS_RECEIVED;
  call->arrival_tag.context = context;
  // One passage through the gate for both, so that either both start or none.
  if (!cgrpc_gate_enter(call->queue)) return CGRPC_CLOSED;
  CGRPC_HAND_OVER(&call->finish_tag);
  CGRPC_HAND_OVER(&call->arrival_tag);
  grpc_call_error error =
    grpc_call_start_batch(call->core, &headers, 1, &call->arrival_tag, NULL);
  if (error == GRPC_CALL_OK)
    error = grpc_call_start_batch(call->core, &status, 1, &call->finish_tag, NULL);
  cgrpc_gate_leave(call->queue);
  return error == GRPC_CALL_OK ? CGRPC_OK : CGRPC_REFUSED;
}

cgrpc_result cgrpc_call_start_unary(
  cgrpc_call *call, const uint8_t *metadata, size_t metadata_length, void *context
) {
  cgrpc_outgoing_metadata initial;
  if (!cgrpc_outgoing_metadata_read(&initial, metadata, metadata_length)) return CGRPC_REFUSED;
  grpc_byte_buffer *message = cgrpc_take_message(call);
  grpc_op operations[6] = {0};
  operations[0].op = GRPC_OP_SEND_INITIAL_METADATA;
  operations[0].flags = call->start_flags;
  operations[0].data.send_initial_metadata.metadata = initial.entries;
  operations[0].data.send_initial_metadata.count = initial.count;
  operations[1].op = GRPC_OP_SEND_MESSAGE;
  operations[1].data.send_message.send_message = message;
  operations[2].op = GRPC_OP_SEND_CLOSE_FROM_CLIENT;
  operations[3].op = GRPC_OP_RECV_INITIAL_METADATA;
  operations[3].data.recv_initial_metadata.recv_initial_metadata = &call->initial_metadata;
  operations[4].op = GRPC_OP_RECV_MESSAGE;
  operations[4].data.recv_message.recv_message = &call->received;
  status_operation(&operations[5], call);
  call->finish_tag.context = context;
  cgrpc_result result =
    cgrpc_start_batch(call->queue, call->core, operations, 6, &call->finish_tag);
  grpc_byte_buffer_destroy(message);
  cgrpc_outgoing_metadata_free(&initial);
  return result;
}
