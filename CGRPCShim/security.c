#define _GNU_SOURCE
#include <grpc/grpc_security.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "internal.h"

// Core's own way to follow certificate files, the watcher of grpc_tls_*, is not used: between the
// writing of a certificate and that of its key, or with a damaged file, it drops the pair in use,
// and every handshake fails until the files are right again. Here the files are watched and checked
// outside, and core asks for the contents at each handshake.

struct cgrpc_server_credentials {
  grpc_server_credentials *core;
  pthread_mutex_t lock;
  /// What core has not fetched yet, or NULL.
  grpc_ssl_server_certificate_config *next;
};

// MARK: - Server

static grpc_ssl_server_certificate_config *make_config(
  const char *chain, const char *key, const char *authorities
) {
  grpc_ssl_pem_key_cert_pair pair = {.private_key = key, .cert_chain = chain};
  // Core insists on authorities also where it asks for no client certificate.
  return grpc_ssl_server_certificate_config_create(
    authorities == NULL ? chain : authorities, &pair, 1);
}

/// Core's question at the start of each handshake, on the listener's thread alone: core would not
/// stand two of them at once, as it drops the old contents without a lock.
static grpc_ssl_certificate_config_reload_status fetch(
  void *context, grpc_ssl_server_certificate_config **config
) {
  cgrpc_server_credentials *credentials = context;
  pthread_mutex_lock(&credentials->lock);
  *config = credentials->next;
  credentials->next = NULL;
  pthread_mutex_unlock(&credentials->lock);
  return *config == NULL ? GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED
                         : GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

static grpc_ssl_client_certificate_request_type core_request(cgrpc_client_certificates request) {
  switch (request) {
    case CGRPC_CLIENT_CERTIFICATES_REQUIRED:
      return GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
    case CGRPC_CLIENT_CERTIFICATES_OPTIONAL:
      return GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
    case CGRPC_CLIENT_CERTIFICATES_NONE:
      break;
  }
  return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
}

cgrpc_server_credentials *cgrpc_server_credentials_create(
  cgrpc_client_certificates request, const char *chain, const char *key, const char *authorities
) {
  cgrpc_server_credentials *credentials = calloc(1, sizeof *credentials);
  if (credentials == NULL) return NULL;
  pthread_mutex_init(&credentials->lock, NULL);
  credentials->next = make_config(chain, key, authorities);
  credentials->core = grpc_ssl_server_credentials_create_with_options(
    grpc_ssl_server_credentials_create_options_using_config_fetcher(
      core_request(request), fetch, credentials));
  return credentials;
}

void cgrpc_server_credentials_replace(
  cgrpc_server_credentials *credentials, const char *chain, const char *key,
  const char *authorities
) {
  grpc_ssl_server_certificate_config *config = make_config(chain, key, authorities);
  pthread_mutex_lock(&credentials->lock);
  grpc_ssl_server_certificate_config *outdated = credentials->next;
  credentials->next = config;
  pthread_mutex_unlock(&credentials->lock);
  if (outdated != NULL) grpc_ssl_server_certificate_config_destroy(outdated);
}

void cgrpc_server_credentials_destroy(cgrpc_server_credentials *credentials) {
  grpc_server_credentials_release(credentials->core);
  if (credentials->next != NULL) grpc_ssl_server_certificate_config_destroy(credentials->next);
  pthread_mutex_destroy(&credentials->lock);
  free(credentials);
}

bool cgrpc_server_use_tls(cgrpc_server *server, cgrpc_server_credentials *credentials) {
  server->is_secure = true;
  return cgrpc_acceptor_open(server, credentials->core);
}

// MARK: - Identity

static bool property_of(const char *name, cgrpc_identity_property *property) {
  static const char *const NAMES[] = {
    [CGRPC_IDENTITY_COMMON_NAME] = GRPC_X509_CN_PROPERTY_NAME,
    [CGRPC_IDENTITY_DNS_NAME] = GRPC_PEER_DNS_PROPERTY_NAME,
    [CGRPC_IDENTITY_URI] = GRPC_PEER_URI_PROPERTY_NAME,
    [CGRPC_IDENTITY_EMAIL] = GRPC_PEER_EMAIL_PROPERTY_NAME,
    [CGRPC_IDENTITY_IP_ADDRESS] = GRPC_PEER_IP_PROPERTY_NAME,
  };
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    if (strcmp(name, NAMES[i]) != 0) continue;
    *property = (cgrpc_identity_property)i;
    return true;
  }
  return false;
}

bool cgrpc_call_peer_identity(
  const cgrpc_call *call, cgrpc_identity_receiver receive, void *context
) {
  grpc_auth_context *peer = grpc_call_auth_context(call->core);
  if (peer == NULL) return false;
  grpc_auth_property_iterator certificates =
    grpc_auth_context_find_properties_by_name(peer, GRPC_X509_PEM_CERT_PROPERTY_NAME);
  bool has_certificate = grpc_auth_property_iterator_next(&certificates) != NULL;
  if (has_certificate) {
    grpc_auth_property_iterator all = grpc_auth_context_property_iterator(peer);
    const grpc_auth_property *found;
    cgrpc_identity_property property;
    while ((found = grpc_auth_property_iterator_next(&all)) != NULL)
      if (property_of(found->name, &property))
        receive(context, property, found->value, found->value_length);
  }
  grpc_auth_context_release(peer);
  return has_certificate;
}

// MARK: - Process

uint64_t cgrpc_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}
