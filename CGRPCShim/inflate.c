#include <grpc/byte_buffer_reader.h>
#include <stdlib.h>
#include <zlib.h>

#include "internal.h"

enum {
  /// The largest window, and the header (gzip's or zlib's) tells which of the two it is.
  WINDOW_BITS_OF_EITHER = 15 + 32,
  FIRST_CAPACITY = 4096,
};

bool cgrpc_call_is_compressed(const cgrpc_call *call) {
  return call->received != NULL && call->received->data.raw.compression != GRPC_COMPRESS_NONE;
}

/// What is inflated so far; it grows with what really comes out, never by what a header claims.
typedef struct output {
  uint8_t *bytes;
  size_t length;
  size_t capacity;
  size_t limit;
} output;

/// Makes room for at least one byte; false at the limit or when memory is short. One byte beyond
/// the limit is allowed, to tell "exactly the limit" from "more".
static bool grow(output *out) {
  size_t most = out->limit + 1;
  if (out->capacity >= most) return false;
  size_t capacity = out->capacity == 0 ? FIRST_CAPACITY : 2 * out->capacity;
  if (capacity > most) capacity = most;
  uint8_t *bytes = realloc(out->bytes, capacity);
  if (bytes == NULL) return false;
  out->bytes = bytes;
  out->capacity = capacity;
  return true;
}

/// Inflates one slice of input; Z_OK to go on, Z_STREAM_END at the end, Z_MEM_ERROR at the limit.
static int inflate_slice(z_stream *stream, grpc_slice slice, output *out) {
  stream->next_in = GRPC_SLICE_START_PTR(slice);
  stream->avail_in = (uInt)GRPC_SLICE_LENGTH(slice);
  int result = Z_OK;
  while (result == Z_OK) {
    if (out->length == out->capacity && !grow(out)) return Z_MEM_ERROR;
    size_t room = out->capacity - out->length;
    stream->next_out = out->bytes + out->length;
    stream->avail_out = (uInt)room;
    result = inflate(stream, Z_NO_FLUSH);
    out->length += room - stream->avail_out;
    if (result == Z_BUF_ERROR && stream->avail_in == 0) return Z_OK;
    if (result == Z_OK && stream->avail_in == 0 && stream->avail_out > 0) return Z_OK;
  }
  // Bytes behind the end are no part of the message.
  return result == Z_STREAM_END && stream->avail_in > 0 ? Z_DATA_ERROR : result;
}

static int inflate_all(grpc_byte_buffer *compressed, output *out) {
  z_stream stream = {0};
  int result = inflateInit2(&stream, WINDOW_BITS_OF_EITHER);
  if (result != Z_OK) return result;
  grpc_byte_buffer_reader reader;
  if (!grpc_byte_buffer_reader_init(&reader, compressed)) {
    inflateEnd(&stream);
    return Z_DATA_ERROR;
  }
  grpc_slice *slice;
  while (result == Z_OK && grpc_byte_buffer_reader_peek(&reader, &slice))
    if (GRPC_SLICE_LENGTH(*slice) > 0) result = inflate_slice(&stream, *slice, out);
  // More input after the end makes the message malformed as well.
  if (result == Z_STREAM_END && grpc_byte_buffer_reader_peek(&reader, &slice)
      && GRPC_SLICE_LENGTH(*slice) > 0)
    result = Z_DATA_ERROR;
  grpc_byte_buffer_reader_destroy(&reader);
  inflateEnd(&stream);
  return result;
}

cgrpc_inflation cgrpc_call_inflate_message(cgrpc_call *call, size_t limit) {
  if (!cgrpc_call_is_compressed(call)) return CGRPC_INFLATION_OK;
  output out = {.limit = limit};
  int result = inflate_all(call->received, &out);
  bool is_too_large = result == Z_MEM_ERROR || out.length > limit;
  if (result == Z_STREAM_END && !is_too_large) {
    grpc_slice slice = grpc_slice_from_copied_buffer((const char *)out.bytes, out.length);
    grpc_byte_buffer_destroy(call->received);
    call->received = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
  }
  free(out.bytes);
  if (is_too_large) return CGRPC_INFLATION_TOO_LARGE;
  return result == Z_STREAM_END ? CGRPC_INFLATION_OK : CGRPC_INFLATION_MALFORMED;
}
