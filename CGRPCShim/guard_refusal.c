#include "guard_internal.h"

// Calls that core drops as the server stops.

/// What core writes by hand for a call that it drops: a header block without compression, and a reset
/// without an error behind it. The dot stands for the status.
static const char DROPPED[] =
  "\0\7:status\003200\0\014content-type\020application/grpc\0\013grpc-status\001.";

enum {
  DROPPED_LENGTH = sizeof DROPPED - 1,
  /// A type that means nothing to anybody, as those of this pattern are kept for; it is to be ignored
  /// (RFC 9113 §4.1).
  FRAME_MEANINGLESS = 0x2a,
  RESET_REFUSED = 7,
};

/// Where bytes that are about to be sent are.
typedef struct sent_place {
  const struct iovec *parts;
  size_t part_count, part, offset;
} sent_place;

/// The byte so far behind the place, or NULL.
static uint8_t *byte_at(const sent_place *place, size_t distance) {
  size_t offset = place->offset + distance;
  for (size_t i = place->part; i < place->part_count; i++) {
    if (offset < place->parts[i].iov_len) return (uint8_t *)place->parts[i].iov_base + offset;
    offset -= place->parts[i].iov_len;
  }
  return NULL;
}

/// The byte so far before the place, or NULL.
static uint8_t *byte_before(const sent_place *place, size_t distance) {
  size_t part = place->part;
  size_t offset = place->offset;
  while (offset < distance) {
    distance -= offset;
    if (part == 0) return NULL;
    offset = place->parts[--part].iov_len;
  }
  return (uint8_t *)place->parts[part].iov_base + offset - distance;
}

/// Whether core's own end of a call that was cancelled before anything was said is behind the place.
static bool is_dropped(const sent_place *place) {
  for (size_t i = 0; i < DROPPED_LENGTH; i++) {
    const uint8_t *byte = byte_at(place, i);
    uint8_t wanted = (uint8_t)(i == DROPPED_LENGTH - 1 ? '1' : DROPPED[i]);
    if (byte == NULL || *byte != wanted) return false;
  }
  return true;
}

/// Makes the end of a call that core drops say that nothing was begun: its status means nothing to
/// anybody any more, and the reset gives the reason. `place` is behind the frame's head.
static void correct_frame(
  connection_guard *guard, const frame_head *frame, const sent_place *place
) {
  open_stream *stream = stream_table_find(&guard->streams, frame->stream);
  if (stream == NULL || stream->is_answered) return;
  // Core made these frames for this connection alone, and goes by them no more. A head whose first
  // bytes were sent before stays as it is.
  uint8_t *type = byte_before(place, FRAME_HEAD_LENGTH - 3);
  if (frame->type == FRAME_HEADERS && type != NULL && is_dropped(place)) {
    *type = FRAME_MEANINGLESS;
    stream->is_refused = true;
  }
  uint8_t *code = byte_at(place, 3);
  if (frame->type == FRAME_RST_STREAM && stream->is_refused && code != NULL)
    *code = RESET_REFUSED;
}

static void correct(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size
) {
  if (!atomic_load_explicit(&guard->group->is_refusing, memory_order_relaxed)) return;
  pthread_mutex_lock(&guard->lock);
  // A copy, as nobody knows yet how much will be sent.
  frame_reader reader = guard->sent;
  for (size_t i = 0; i < part_count && size > 0; i++) {
    const uint8_t *start = parts[i].iov_base;
    const uint8_t *cursor = start;
    size_t count = parts[i].iov_len < size ? parts[i].iov_len : size;
    size -= count;
    while (count > 0) {
      frame_reader_pass(&reader, &cursor, &count);
      if (!frame_reader_next(&reader, &cursor, &count)) continue;
      sent_place place = {
        .parts = parts,
        .part_count = part_count,
        .part = i,
        .offset = (size_t)(cursor - start),
      };
      correct_frame(guard, &reader.frame, &place);
    }
  }
  pthread_mutex_unlock(&guard->lock);
}

void guard_correct(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size
) {
  if (!guard->is_encrypted) correct(guard, parts, part_count, size);
}

void guard_correct_decrypted(connection_guard *guard, const void *bytes, size_t size) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  correct(guard, &part, 1, size);
}
