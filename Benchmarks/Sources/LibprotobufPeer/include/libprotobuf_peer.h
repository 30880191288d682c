#ifndef LIBPROTOBUF_PEER_H
#define LIBPROTOBUF_PEER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The messages of one payload, decoded by C++ libprotobuf. Each function repeats one operation
 * within C++, so that no crossing of languages is measured. */
typedef struct libprotobuf_peer libprotobuf_peer;

/* Decodes a CloneProjectJobRequest and a CreateProjectJobRequest; NULL if either is malformed. The
 * bytes of `request` must outlive the peer. */
libprotobuf_peer *libprotobuf_peer_create(const uint8_t *request, size_t request_size,
                                          const uint8_t *source, size_t source_size);
void libprotobuf_peer_destroy(libprotobuf_peer *peer);

/* A fresh message each time. Returns the number of successes. */
size_t libprotobuf_peer_decode(const libprotobuf_peer *peer, size_t iterations);
/* A fresh arena each time, whose first block is memory that the peer keeps. */
size_t libprotobuf_peer_decode_arena(libprotobuf_peer *peer, size_t iterations);
/* Sizes and writes the request into `buffer`, which holds its encoding; returns the size. */
size_t libprotobuf_peer_encode(const libprotobuf_peer *peer, uint8_t *buffer, size_t iterations);
/* Returns the sum of the sizes. */
size_t libprotobuf_peer_size(const libprotobuf_peer *peer, size_t iterations);
/* Merges the encoded overrides into a fresh copy of the source's parameters. */
size_t libprotobuf_peer_merge(const libprotobuf_peer *peer, size_t iterations);
/* The same, copy and message in a fresh arena. */
size_t libprotobuf_peer_merge_arena(libprotobuf_peer *peer, size_t iterations);

/* The version of the library in use, such as 3021012. */
int libprotobuf_peer_version(void);

#ifdef __cplusplus
}
#endif

#endif
