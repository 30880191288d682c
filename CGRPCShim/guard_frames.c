#include "guard_internal.h"
#include "listener.h"

enum {
  /// What core keeps of a stream besides its data.
  STREAM_BYTES = 16 << 10,
  /// What core may keep beside each frame of data: a part of the buffer into which it read the frame.
  FRAME_BYTES = 4 << 10,
  /// A header block's byte may name a header of any length in the table. Core limits what comes of it
  /// once the peer has acknowledged the limit.
  HEADER_WEIGHT = 2,
  UNACKNOWLEDGED_HEADER_WEIGHT = 64,
  /// What an unfinished header block costs beside its bytes, for each frame.
  HEADER_FRAME_BYTES = 64,

  /// Frames that carry nothing cost points, which come back with time.
  POINTS_PER_MILLISECOND = 10,
  /// Peers answer the server's data with pings and window updates, and may give streams up.
  POINTS_PER_SENT_DATA = 30,
  POINTS_PER_STREAM = 6,
  SETTINGS_COST = 100,
  PING_COST = 20,
  EMPTY_DATA_COST = 20,
  SMALL_DATA_COST = 1,
  RESET_COST = 5,
  WINDOW_UPDATE_COST = 1,
  OTHER_COST = 10,
  SMALL_DATA_LENGTH = 64,
};

// MARK: - Frames, under the guard's lock

static void credit(connection_guard *guard, int64_t points) {
  guard->points += points;
  if (guard->points > GUARD_MAXIMUM_POINTS) guard->points = GUARD_MAXIMUM_POINTS;
}

static bool spend(connection_guard *guard, int64_t points) {
  guard->points -= points;
  if (guard->points >= 0) return true;
  int64_t now = listener_now();
  credit(guard, (now - guard->points_at) * POINTS_PER_MILLISECOND);
  guard->points_at = now;
  return guard->points >= 0;
}

static void close_stream(connection_guard *guard, uint32_t stream, int64_t *bytes) {
  *bytes -= stream_table_remove(&guard->streams, stream);
}

/// Adds the bytes to the stream's, if it is open.
static void charge_stream(
  connection_guard *guard, uint32_t number, int64_t count, int64_t *bytes
) {
  open_stream *stream = stream_table_find(&guard->streams, number);
  if (stream == NULL) return;
  open_stream_charge(stream, count);
  *bytes += count;
}

enum { NO_OFFENCE = -1 };

/// A piece of a header block; the offence, or NO_OFFENCE.
static int receive_block(connection_guard *guard, const frame_head *frame, int64_t *bytes) {
  guard->block_bytes += frame->length;
  size_t length = guard->block_bytes;
  int64_t weight =
    guard->is_acknowledged ? HEADER_WEIGHT : UNACKNOWLEDGED_HEADER_WEIGHT;
  charge_stream(guard, frame->stream, frame->length * weight, bytes);
  if (frame->flags & FRAME_FLAG_END_HEADERS)
    guard->block_bytes = 0;
  else
    guard->block_bytes += HEADER_FRAME_BYTES;
  return length > guard->group->limits.header_block_bytes ? (int)GUARD_HEADER_BLOCK : NO_OFFENCE;
}

static int receive_headers(connection_guard *guard, const frame_head *frame, int64_t *bytes) {
  guard->block_bytes = 0;
  if (frame->stream % 2 == 1 && frame->stream > guard->last_stream) {
    guard->last_stream = frame->stream;
    credit(guard, POINTS_PER_STREAM);
    if (
      guard->streams.count >= guard->group->limits.open_streams
      || !stream_table_insert(&guard->streams, frame->stream, STREAM_BYTES))
      return GUARD_STREAMS;
    *bytes += STREAM_BYTES;
  }
  return receive_block(guard, frame, bytes);
}

static int receive_frame(connection_guard *guard, const frame_head *frame, int64_t *bytes) {
  int cost = 0;
  switch (frame->type) {
    case FRAME_DATA:
      charge_stream(guard, frame->stream, (int64_t)frame->length + FRAME_BYTES, bytes);
      if (frame->flags & FRAME_FLAG_END_STREAM) return NO_OFFENCE;
      cost = frame->length == 0 ? EMPTY_DATA_COST
        : frame->length < SMALL_DATA_LENGTH ? SMALL_DATA_COST : 0;
      break;
    case FRAME_HEADERS:
      return receive_headers(guard, frame, bytes);
    case FRAME_CONTINUATION:
      return receive_block(guard, frame, bytes);
    case FRAME_RST_STREAM:
      close_stream(guard, frame->stream, bytes);
      cost = RESET_COST;
      break;
    case FRAME_SETTINGS:
      if (frame->flags & FRAME_FLAG_ACK) guard->is_acknowledged = true;
      cost = SETTINGS_COST;
      break;
    case FRAME_PING:
      cost = PING_COST;
      break;
    case FRAME_WINDOW_UPDATE:
      cost = WINDOW_UPDATE_COST;
      break;
    default:
      cost = OTHER_COST;
  }
  return cost == 0 || spend(guard, cost) ? NO_OFFENCE : (int)GUARD_CONTROL_FRAMES;
}

static int send_frame(connection_guard *guard, const frame_head *frame, int64_t *bytes) {
  bool is_data = frame->type == FRAME_DATA;
  if (is_data) credit(guard, POINTS_PER_SENT_DATA);
  if (frame->type == FRAME_HEADERS) {
    open_stream *stream = stream_table_find(&guard->streams, frame->stream);
    if (stream != NULL) stream->is_answered = true;
  }
  if (
    frame->type == FRAME_RST_STREAM
    || ((is_data || frame->type == FRAME_HEADERS) && (frame->flags & FRAME_FLAG_END_STREAM)))
    close_stream(guard, frame->stream, bytes);
  return NO_OFFENCE;
}

static bool is_over(connection_guard *guard) {
  return atomic_load_explicit(&guard->is_detached, memory_order_relaxed);
}

typedef int (*frame_handler)(
  connection_guard *guard, const frame_head *frame, int64_t *bytes);

/// Follows the messages in the data that arrives.
static void receive_data(
  connection_guard *guard, const uint8_t *data, size_t size, int64_t *bytes
) {
  open_stream *stream = stream_table_find(&guard->streams, guard->received.frame.stream);
  if (stream != NULL) *bytes -= open_stream_receive(stream, data, size);
}

/// Handles the frames whose heads are in `size` bytes.
static void follow(
  connection_guard *guard, frame_reader *reader, frame_handler handle,
  const struct iovec *parts, size_t part_count, size_t size
) {
  int offence = NO_OFFENCE;
  int64_t bytes = 0;
  pthread_mutex_lock(&guard->lock);
  for (size_t i = 0; i < part_count && size > 0 && !is_over(guard); i++) {
    const uint8_t *cursor = parts[i].iov_base;
    size_t count = parts[i].iov_len < size ? parts[i].iov_len : size;
    size -= count;
    while (offence == NO_OFFENCE && count > 0) {
      const uint8_t *payload = cursor;
      size_t passed = frame_reader_pass(reader, &cursor, &count);
      if (passed > 0 && reader == &guard->received && reader->frame.type == FRAME_DATA)
        receive_data(guard, payload, passed, &bytes);
      if (frame_reader_next(reader, &cursor, &count))
        offence = handle(guard, &reader->frame, &bytes);
    }
  }
  guard->stream_bytes += bytes;
  int64_t held = guard_add(guard, bytes);
  pthread_mutex_unlock(&guard->lock);
  if (bytes > 0) guard_check_bytes(guard, held);
  if (offence != NO_OFFENCE) guard_offend(guard, (guard_offence)offence);
}

void guard_received(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size
) {
  atomic_fetch_add_explicit(&guard->turn_bytes, size, memory_order_relaxed);
  // Of TLS the session tells.
  if (!guard->is_encrypted)
    follow(guard, &guard->received, receive_frame, parts, part_count, size);
}

void guard_sent(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size
) {
  if (!guard->is_encrypted) follow(guard, &guard->sent, send_frame, parts, part_count, size);
}

bool guard_decrypted(connection_guard *guard, const void *bytes, size_t size) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  follow(guard, &guard->received, receive_frame, &part, 1, size);
  return !guard_is_doomed(guard);
}

void guard_encrypted(connection_guard *guard, const void *bytes, size_t size) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  follow(guard, &guard->sent, send_frame, &part, 1, size);
}
