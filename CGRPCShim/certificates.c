#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "cgrpc.h"

// What core makes of PEM files it makes with the same OpenSSL, but it says only that it failed.

static cgrpc_pem_report report(cgrpc_pem_problem problem, int position) {
  return (cgrpc_pem_report){.problem = problem, .position = position};
}

/// With OpenSSL's reason for its last failure on this thread.
static cgrpc_pem_report report_reason(cgrpc_pem_problem problem, int position) {
  cgrpc_pem_report result = report(problem, position);
  const char *reason = ERR_reason_error_string(ERR_peek_last_error());
  snprintf(
    result.detail, sizeof result.detail, "%s", reason == NULL ? "unknown reason" : reason);
  return result;
}

static cgrpc_pem_report report_time(
  cgrpc_pem_problem problem, int position, const ASN1_TIME *time
) {
  cgrpc_pem_report result = report(problem, position);
  BIO *text = BIO_new(BIO_s_mem());
  if (text == NULL) return result;
  if (ASN1_TIME_print(text, time)) BIO_read(text, result.detail, sizeof result.detail - 1);
  BIO_free(text);
  return result;
}

static cgrpc_pem_report check_times(X509 *certificate, int position) {
  const ASN1_TIME *begin = X509_get0_notBefore(certificate);
  const ASN1_TIME *end = X509_get0_notAfter(certificate);
  // Compared with this moment: -1 earlier, 1 later, 0 for a time that is none.
  int began = X509_cmp_time(begin, NULL);
  int ends = X509_cmp_time(end, NULL);
  if (began == 0 || ends == 0) return report_reason(CGRPC_PEM_BAD_CERTIFICATE, position);
  if (began > 0) return report_time(CGRPC_PEM_NOT_YET_VALID, position, begin);
  if (ends < 0) return report_time(CGRPC_PEM_EXPIRED, position, end);
  return report(CGRPC_PEM_OK, 0);
}

/// Reads every certificate, checks the times if asked to, and gives out the first, which the caller
/// frees, unless `first` is NULL.
static cgrpc_pem_report check_certificates(const char *pem, bool checks_times, X509 **first) {
  BIO *source = BIO_new_mem_buf(pem, -1);
  if (source == NULL) return report_reason(CGRPC_PEM_REFUSED, 0);
  cgrpc_pem_report result = report(CGRPC_PEM_OK, 0);
  int position = 0;
  X509 *certificate;
  while (result.problem == CGRPC_PEM_OK
         && (certificate = PEM_read_bio_X509_AUX(source, NULL, NULL, NULL)) != NULL) {
    position++;
    if (checks_times) result = check_times(certificate, position);
    if (position == 1 && first != NULL)
      *first = certificate;
    else
      X509_free(certificate);
  }
  if (result.problem == CGRPC_PEM_OK) {
    // The end of the file is an error too: that no further certificate begins.
    unsigned long last = ERR_peek_last_error();
    bool is_end =
      ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    if (!is_end)
      result = report_reason(CGRPC_PEM_BAD_CERTIFICATE, position + 1);
    else if (position == 0)
      result = report(CGRPC_PEM_NO_CERTIFICATE, 0);
  }
  BIO_free(source);
  return result;
}

/// Stands in for OpenSSL's own, which would ask on the terminal.
static int refuse_passphrase(char *buffer, int size, int is_writing, void *was_asked) {
  (void)buffer;
  (void)size;
  (void)is_writing;
  *(bool *)was_asked = true;
  return -1;
}

static cgrpc_pem_report read_key(const char *pem, EVP_PKEY **key) {
  BIO *source = BIO_new_mem_buf(pem, -1);
  if (source == NULL) return report_reason(CGRPC_PEM_REFUSED, 0);
  bool was_asked = false;
  *key = PEM_read_bio_PrivateKey(source, NULL, refuse_passphrase, &was_asked);
  BIO_free(source);
  if (*key != NULL) return report(CGRPC_PEM_OK, 0);
  return report(was_asked ? CGRPC_PEM_ENCRYPTED_KEY : CGRPC_PEM_NO_KEY, 0);
}

/// Whether OpenSSL would use them for TLS: its policy refuses short keys and weak digests.
static cgrpc_pem_report check_policy(X509 *certificate, EVP_PKEY *key) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  bool is_taken =
    context != NULL && SSL_CTX_use_certificate(context, certificate) == 1
    && SSL_CTX_use_PrivateKey(context, key) == 1;
  cgrpc_pem_report result =
    is_taken ? report(CGRPC_PEM_OK, 0) : report_reason(CGRPC_PEM_REFUSED, 0);
  SSL_CTX_free(context);
  return result;
}

cgrpc_pem_report cgrpc_pem_check_identity(const char *chain, const char *key) {
  // The thread's error queue is shared with core: nothing of before counts, nothing is left.
  ERR_clear_error();
  X509 *certificate = NULL;
  EVP_PKEY *private_key = NULL;
  cgrpc_pem_report result = check_certificates(chain, true, &certificate);
  if (result.problem == CGRPC_PEM_OK) result = read_key(key, &private_key);
  if (result.problem == CGRPC_PEM_OK && X509_check_private_key(certificate, private_key) != 1)
    result = report(CGRPC_PEM_KEY_MISMATCH, 0);
  if (result.problem == CGRPC_PEM_OK) result = check_policy(certificate, private_key);
  EVP_PKEY_free(private_key);
  X509_free(certificate);
  ERR_clear_error();
  return result;
}

cgrpc_pem_report cgrpc_pem_check_authorities(const char *authorities) {
  ERR_clear_error();
  cgrpc_pem_report result = check_certificates(authorities, false, NULL);
  ERR_clear_error();
  return result;
}
