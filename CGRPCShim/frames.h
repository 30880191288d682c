/// Finds the heads of HTTP/2 frames in bytes that come in pieces (RFC 9113 §4.1).
#ifndef CGRPC_FRAMES_H
#define CGRPC_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
  FRAME_DATA = 0,
  FRAME_HEADERS = 1,
  FRAME_RST_STREAM = 3,
  FRAME_SETTINGS = 4,
  FRAME_PING = 6,
  FRAME_WINDOW_UPDATE = 8,
  FRAME_CONTINUATION = 9,

  FRAME_FLAG_END_STREAM = 1,
  FRAME_FLAG_ACK = 1,
  FRAME_FLAG_END_HEADERS = 4,

  FRAME_HEAD_LENGTH = 9,
  CLIENT_PREFACE_LENGTH = 24,
};

typedef struct frame_head {
  /// Of the payload, in bytes.
  uint32_t length;
  uint8_t type;
  uint8_t flags;
  uint32_t stream;
} frame_head;

/// Where a direction of a connection stands.
typedef struct frame_reader {
  /// Bytes to come before the next head: the rest of the frame's payload, or of the client's preface.
  uint32_t left;
  /// Of the last head; all zeros before the first.
  frame_head frame;
  uint8_t filled;
  uint8_t head[FRAME_HEAD_LENGTH];
} frame_reader;

/// Passes over what is left of the payload; how many bytes there were of it.
static inline size_t frame_reader_pass(
  frame_reader *reader, const uint8_t **bytes, size_t *count
) {
  size_t step = *count < reader->left ? *count : reader->left;
  reader->left -= (uint32_t)step;
  *bytes += step;
  *count -= step;
  return step;
}

/// Reads on behind a payload until the next head is complete; false when the bytes end before that.
static inline int frame_reader_next(
  frame_reader *reader, const uint8_t **bytes, size_t *count
) {
  size_t missing = FRAME_HEAD_LENGTH - (size_t)reader->filled;
  size_t step = *count < missing ? *count : missing;
  memcpy(reader->head + reader->filled, *bytes, step);
  reader->filled = (uint8_t)(reader->filled + step);
  *bytes += step;
  *count -= step;
  if (reader->filled < FRAME_HEAD_LENGTH) return 0;
  const uint8_t *head = reader->head;
  frame_head *frame = &reader->frame;
  frame->length = (uint32_t)head[0] << 16 | (uint32_t)head[1] << 8 | head[2];
  frame->type = head[3];
  frame->flags = head[4];
  frame->stream = (uint32_t)(head[5] & 0x7f) << 24 | (uint32_t)head[6] << 16
    | (uint32_t)head[7] << 8 | head[8];
  reader->filled = 0;
  reader->left = frame->length;
  return 1;
}

#endif
