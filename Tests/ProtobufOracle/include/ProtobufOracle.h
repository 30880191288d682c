#ifndef PROTOBUF_ORACLE_H
#define PROTOBUF_ORACLE_H

// Google's C++ protobuf library as a judge of other implementations: it is given the contract at run
// time and says of any bytes whether they decode, and to which bytes the message encodes again. It
// also makes the bytes, from a seed. For tests only; one oracle serves one thread at a time.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oracle oracle;

// Bytes that belong to the caller, or, when returned, to the oracle: those stay valid until the
// next call of the same function.
typedef struct oracle_bytes {
  const uint8_t *data;
  size_t count;
} oracle_bytes;

// Takes what `protoc --include_imports --descriptor_set_out` wrote. Never NULL: when something is
// wrong with it, oracle_error says what, and no other call but oracle_close is allowed.
oracle *oracle_open(oracle_bytes descriptor_set);
void oracle_close(oracle *oracle);

// What went wrong in oracle_open, or NULL; valid as long as the oracle.
const char *oracle_error(const oracle *oracle);

// The messages of all files but protobuf's own, and those of the latter that these files use; map
// entries are not among them. Messages are named below by their index in this list.
size_t oracle_message_count(const oracle *oracle);
const char *oracle_message_name(const oracle *oracle, size_t message);

// Decodes `first`, merges `second` into it (which may be empty), and encodes the message again,
// with known fields by number, map entries by key, then the unknown fields; varints within unknown
// fields are written in the fewest bytes. False if either does not decode.
bool oracle_decode(oracle *oracle, size_t message, oracle_bytes first, oracle_bytes second,
                   oracle_bytes *encoding);

// Rewrites the unknown fields of an encoding, at all levels, in the form that oracle_decode gives
// them, and leaves all else as it is. False if the bytes are no encoding.
bool oracle_normalize(oracle *oracle, size_t message, oracle_bytes encoding, oracle_bytes *result);

// Makes an encoding of the message, nearly always a valid one: edge values, unknown fields, fields
// out of order or repeated, nesting around the limit. The same seed gives the same bytes.
oracle_bytes oracle_generate(oracle *oracle, size_t message, uint64_t seed);

// Damages an encoding: flips bits, cuts, splices, changes lengths, widens varints.
oracle_bytes oracle_mutate(oracle *oracle, size_t message, oracle_bytes encoding, uint64_t seed);

#ifdef __cplusplus
}
#endif

#endif
