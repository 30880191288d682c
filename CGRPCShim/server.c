#include <stdlib.h>

#include "internal.h"

grpc_channel_args cgrpc_core_arguments(const cgrpc_argument *arguments, size_t count) {
  grpc_channel_args core = {.num_args = 0, .args = NULL};
  if (count == 0) return core;
  core.args = calloc(count, sizeof *core.args);
  if (core.args == NULL) return core;
  core.num_args = count;
  for (size_t i = 0; i < count; i++) {
    core.args[i].key = (char *)arguments[i].key;
    if (arguments[i].text != NULL) {
      core.args[i].type = GRPC_ARG_STRING;
      core.args[i].value.string = (char *)arguments[i].text;
    } else {
      core.args[i].type = GRPC_ARG_INTEGER;
      core.args[i].value.integer = arguments[i].number;
    }
  }
  return core;
}

cgrpc_server *cgrpc_server_create(
  const cgrpc_argument *arguments, size_t count, cgrpc_queue *const *queues, size_t queue_count
) {
  cgrpc_server *server = calloc(1, sizeof *server);
  if (server == NULL) return NULL;
  server->stopped_tag.kind = CGRPC_EVENT_SERVER_STOPPED;
  grpc_channel_args core = cgrpc_core_arguments(arguments, count);
  grpc_arg *all = realloc(core.args, (core.num_args + 1) * sizeof *all);
  if (all == NULL) {
    free(core.args);
    free(server);
    return NULL;
  }
  all[core.num_args++] = cgrpc_acceptor_argument(server);
  core.args = all;
  server->core = grpc_server_create(&core, NULL);
  free(all);
  for (size_t i = 0; i < queue_count; i++)
    grpc_server_register_completion_queue(server->core, queues[i]->core, NULL);
  return server;
}

void *cgrpc_server_register_method(cgrpc_server *server, const char *path, bool reads_message) {
  grpc_server_register_method_payload_handling handling =
    reads_message ? GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER : GRPC_SRM_PAYLOAD_NONE;
  return grpc_server_register_method(server->core, path, NULL, handling, 0);
}

void cgrpc_server_start(cgrpc_server *server) { grpc_server_start(server->core); }

cgrpc_result cgrpc_server_request_call(
  cgrpc_server *server, void *method, bool reads_message, cgrpc_queue *queue, void *context
) {
  cgrpc_call *call = cgrpc_call_allocate(queue);
  if (call == NULL) return CGRPC_REFUSED;
  call->arrival_tag.context = context;
  if (!cgrpc_gate_enter(queue)) {
    cgrpc_call_destroy(call);
    return CGRPC_CLOSED;
  }
  CGRPC_HAND_OVER(&call->arrival_tag);
  grpc_call_error error;
  if (method != NULL)
    error = grpc_server_request_registered_call(
      server->core, method, &call->core, &call->deadline, &call->initial_metadata,
      reads_message ? &call->received : NULL, queue->core, queue->core, &call->arrival_tag);
  else
    error = grpc_server_request_call(
      server->core, &call->core, &call->details, &call->initial_metadata, queue->core,
      queue->core, &call->arrival_tag);
  cgrpc_gate_leave(queue);
  if (error == GRPC_CALL_OK) return CGRPC_OK;
  cgrpc_call_destroy(call);
  return CGRPC_REFUSED;
}

cgrpc_result cgrpc_server_shutdown(cgrpc_server *server, cgrpc_queue *queue, void *context) {
  if (!cgrpc_gate_enter(queue)) return CGRPC_CLOSED;
  server->stopped_tag.context = context;
  CGRPC_HAND_OVER(&server->stopped_tag);
  grpc_server_shutdown_and_notify(server->core, queue->core, &server->stopped_tag);
  cgrpc_gate_leave(queue);
  return CGRPC_OK;
}

void cgrpc_server_refuse_forgotten_calls(cgrpc_server *server) {
  // Core refuses what it has queued whenever a connection of a server that stops goes away.
  cgrpc_channel *channel = cgrpc_channel_create_in_process(server, NULL, 0);
  if (channel != NULL) cgrpc_channel_destroy(channel);
}

void cgrpc_server_cancel_all_calls(cgrpc_server *server) {
  grpc_server_cancel_all_calls(server->core);
}

void cgrpc_server_destroy(cgrpc_server *server) {
  grpc_server_destroy(server->core);
  free(server);
}
