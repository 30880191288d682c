#include <grpc/grpc_security.h>
#include <grpc/support/time.h>
#include <stdlib.h>

#include "internal.h"

/// The in-process transport has no C name: this is the C++ symbol that libgrpc exports.
grpc_channel *cgrpc_core_inproc_channel_create(
  grpc_server *server, const grpc_channel_args *arguments, void *reserved)
  __asm__("_Z26grpc_inproc_channel_createP11grpc_serverPK17grpc_channel_argsPv");

static cgrpc_channel *wrap(grpc_channel *core) {
  if (core == NULL) return NULL;
  cgrpc_channel *channel = calloc(1, sizeof *channel);
  if (channel == NULL) {
    grpc_channel_destroy(core);
    return NULL;
  }
  channel->core = core;
  return channel;
}

cgrpc_channel *cgrpc_channel_create_plaintext(
  const char *target, const cgrpc_argument *arguments, size_t count
) {
  grpc_channel_args core = cgrpc_core_arguments(arguments, count);
  grpc_channel_credentials *credentials = grpc_insecure_credentials_create();
  grpc_channel *channel = grpc_channel_create(target, credentials, &core);
  grpc_channel_credentials_release(credentials);
  free(core.args);
  return wrap(channel);
}

cgrpc_channel *cgrpc_channel_create_tls(
  const char *target, const char *authorities, const char *chain, const char *key,
  const cgrpc_argument *arguments, size_t count
) {
  grpc_ssl_pem_key_cert_pair identity = {.private_key = key, .cert_chain = chain};
  grpc_channel_credentials *credentials =
    grpc_ssl_credentials_create_ex(authorities, chain == NULL ? NULL : &identity, NULL, NULL);
  grpc_channel_args core = cgrpc_core_arguments(arguments, count);
  grpc_channel *channel = grpc_channel_create(target, credentials, &core);
  grpc_channel_credentials_release(credentials);
  free(core.args);
  return wrap(channel);
}

cgrpc_channel *cgrpc_channel_create_in_process(
  cgrpc_server *server, const cgrpc_argument *arguments, size_t count
) {
  grpc_channel_args core = cgrpc_core_arguments(arguments, count);
  grpc_channel *channel = cgrpc_core_inproc_channel_create(server->core, &core, NULL);
  free(core.args);
  return wrap(channel);
}

void cgrpc_channel_destroy(cgrpc_channel *channel) {
  grpc_channel_destroy(channel->core);
  free(channel);
}

cgrpc_call *cgrpc_channel_create_call(
  cgrpc_channel *channel, cgrpc_queue *queue, const char *path, int64_t timeout_nanoseconds,
  bool waits_for_ready
) {
  cgrpc_call *call = cgrpc_call_allocate(queue);
  if (call == NULL) return NULL;
  call->finish_tag.kind = CGRPC_EVENT_CALL_FINISHED;
  call->deadline = gpr_inf_future(GPR_CLOCK_MONOTONIC);
  if (timeout_nanoseconds != INT64_MAX)
    call->deadline = gpr_time_add(
      gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(timeout_nanoseconds, GPR_TIMESPAN));
  if (waits_for_ready)
    call->start_flags =
      GRPC_INITIAL_METADATA_WAIT_FOR_READY | GRPC_INITIAL_METADATA_WAIT_FOR_READY_EXPLICITLY_SET;
  // Core takes a reference of its own.
  grpc_slice method = grpc_slice_from_copied_string(path);
  call->core = grpc_channel_create_call(
    channel->core, NULL, GRPC_PROPAGATE_DEFAULTS, queue->core, method, NULL, call->deadline, NULL);
  grpc_slice_unref(method);
  if (call->core == NULL) {
    cgrpc_call_destroy(call);
    return NULL;
  }
  return call;
}
