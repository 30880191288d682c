#define _GNU_SOURCE
#include "guard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "frames.h"
#include "listener.h"
#include "streams.h"

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

  /// Frames that carry nothing cost points. A peer has so many at first and at the most.
  MAXIMUM_POINTS = 20000,
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

  /// What one connection may bring at a stretch.
  TURN_BYTES = 128 << 10,
};

struct connection_guard {
  guard_group *group;
  connection_guard *previous, *next;
  atomic_size_t references;
  int descriptor;
  uint64_t cookie;
  bool is_encrypted;
  atomic_bool is_doomed;
  /// Core has shut the descriptor down: it reads nothing more, and its number may be another file's.
  atomic_bool is_detached;
  /// Bytes since the others had their turn; touched by core's reads alone, which come one by one.
  size_t turn_bytes;
  /// For what follows.
  pthread_mutex_t lock;
  /// Bytes of open streams and of calls; and the streams' part, unless the connection is over.
  int64_t held, stream_bytes;
  bool is_acknowledged;
  frame_reader received, sent;
  /// Of the header block that is under way.
  size_t block_bytes;
  uint32_t last_stream;
  stream_table streams;
  int64_t points;
  int64_t points_at;
};

// MARK: - Group

guard_group *guard_group_create(
  const guard_limits *limits, void (*report)(void *context, guard_offence offence), void *context
) {
  guard_group *group = calloc(1, sizeof *group);
  if (group == NULL) return NULL;
  group->limits = *limits;
  group->report = report;
  group->context = context;
  atomic_init(&group->references, 1);
  pthread_mutex_init(&group->lock, NULL);
  return group;
}

void guard_group_silence(guard_group *group) {
  pthread_mutex_lock(&group->lock);
  group->report = NULL;
  pthread_mutex_unlock(&group->lock);
}

void guard_group_release(guard_group *group) {
  if (atomic_fetch_sub(&group->references, 1) != 1) return;
  pthread_mutex_destroy(&group->lock);
  free(group);
}

void guard_group_set_refusing(guard_group *group, bool is_refusing) {
  atomic_store(&group->is_refusing, is_refusing);
}

bool guard_group_is_full(guard_group *group) {
  return atomic_load_explicit(&group->held, memory_order_relaxed)
    > (int64_t)group->limits.server_bytes;
}

/// Ends a connection, once; the shutdown makes core look, and find nothing more. What it holds counts
/// no more. False when it was ended before.
static bool doom(connection_guard *guard) {
  pthread_mutex_lock(&guard->lock);
  bool is_first = !atomic_load(&guard->is_doomed);
  atomic_store(&guard->is_doomed, true);
  if (is_first) atomic_fetch_sub(&guard->group->held, guard->held);
  pthread_mutex_unlock(&guard->lock);
  if (is_first) connection_shut_down(guard->descriptor, guard->cookie);
  return is_first;
}

/// Ends a connection and says so. The group's lock must not be held.
static void offend(connection_guard *guard, guard_offence offence) {
  if (!doom(guard)) return;
  guard_group *group = guard->group;
  pthread_mutex_lock(&group->lock);
  if (group->report != NULL) group->report(group->context, offence);
  pthread_mutex_unlock(&group->lock);
}

static int64_t held_by(connection_guard *guard) {
  pthread_mutex_lock(&guard->lock);
  int64_t held = atomic_load(&guard->is_doomed) ? 0 : guard->held;
  pthread_mutex_unlock(&guard->lock);
  return held;
}

/// Ends the connection that holds most, if all still hold too much.
static void end_greediest(guard_group *group) {
  pthread_mutex_lock(&group->lock);
  connection_guard *greediest = NULL;
  int64_t most = 0;
  bool is_full = guard_group_is_full(group);
  for (connection_guard *guard = group->first; is_full && guard != NULL; guard = guard->next) {
    int64_t held = held_by(guard);
    if (held <= most) continue;
    most = held;
    greediest = guard;
  }
  if (greediest != NULL && doom(greediest) && group->report != NULL)
    group->report(group->context, GUARD_SERVER_BYTES);
  pthread_mutex_unlock(&group->lock);
}

/// Under the guard's lock: adds to what the connection holds, and returns that.
static int64_t add(connection_guard *guard, int64_t bytes) {
  guard->held += bytes;
  if (!guard_is_doomed(guard)) atomic_fetch_add(&guard->group->held, bytes);
  return guard->held;
}

// MARK: - Descriptors

enum { GUARDS_PER_PAGE = 1024, PAGES = 4096 };

/// The newest guard for each descriptor, ended ones included: one is replaced, and perhaps freed, by
/// the next for its number, when core has closed the descriptor and so uses it no more.
typedef _Atomic(connection_guard *) guard_page[GUARDS_PER_PAGE];
static _Atomic(guard_page *) pages[PAGES];

static _Atomic(connection_guard *) *place_of(int descriptor, bool is_made) {
  if (descriptor < 0 || descriptor >= PAGES * GUARDS_PER_PAGE) return NULL;
  _Atomic(guard_page *) *place = &pages[descriptor / GUARDS_PER_PAGE];
  guard_page *page = atomic_load_explicit(place, memory_order_acquire);
  if (page == NULL) {
    if (!is_made) return NULL;
    guard_page *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    if (atomic_compare_exchange_strong(place, &page, made))
      page = made;
    else
      free(made);
  }
  return &(*page)[descriptor % GUARDS_PER_PAGE];
}

/// The newest guard, of a connection that may be over.
static connection_guard *newest_guard_of(int descriptor) {
  _Atomic(connection_guard *) *place = place_of(descriptor, false);
  return place == NULL ? NULL : atomic_load_explicit(place, memory_order_acquire);
}

connection_guard *guard_of(int descriptor) {
  connection_guard *guard = newest_guard_of(descriptor);
  bool is_over =
    guard == NULL || atomic_load_explicit(&guard->is_detached, memory_order_acquire);
  return is_over ? NULL : guard;
}

static void release(connection_guard *guard) {
  if (atomic_fetch_sub(&guard->references, 1) != 1) return;
  guard_group *group = guard->group;
  pthread_mutex_lock(&group->lock);
  if (guard->previous != NULL)
    guard->previous->next = guard->next;
  else
    group->first = guard->next;
  if (guard->next != NULL) guard->next->previous = guard->previous;
  pthread_mutex_unlock(&group->lock);
  if (!guard_is_doomed(guard)) atomic_fetch_sub(&group->held, guard->held);
  stream_table_free(&guard->streams);
  pthread_mutex_destroy(&guard->lock);
  free(guard);
  guard_group_release(group);
}

bool guard_attach(guard_group *group, int descriptor, uint64_t cookie, bool is_encrypted) {
  _Atomic(connection_guard *) *place = place_of(descriptor, true);
  connection_guard *guard = place == NULL ? NULL : calloc(1, sizeof *guard);
  if (guard == NULL) return false;
  guard->group = group;
  guard->descriptor = descriptor;
  guard->cookie = cookie;
  guard->is_encrypted = is_encrypted;
  guard->received.left = CLIENT_PREFACE_LENGTH;
  // The preface is no data.
  guard->received.frame.type = FRAME_SETTINGS;
  guard->points = MAXIMUM_POINTS;
  guard->points_at = listener_now();
  atomic_init(&guard->references, 1);
  pthread_mutex_init(&guard->lock, NULL);
  atomic_fetch_add(&group->references, 1);
  pthread_mutex_lock(&group->lock);
  guard->next = group->first;
  if (group->first != NULL) group->first->previous = guard;
  group->first = guard;
  pthread_mutex_unlock(&group->lock);
  connection_guard *before = atomic_exchange(place, guard);
  if (before != NULL) release(before);
  return true;
}

void guard_detach(connection_guard *guard) {
  pthread_mutex_lock(&guard->lock);
  atomic_store_explicit(&guard->is_detached, true, memory_order_release);
  stream_table_free(&guard->streams);
  add(guard, -guard->stream_bytes);
  guard->stream_bytes = 0;
  pthread_mutex_unlock(&guard->lock);
}

bool guard_is_doomed(const connection_guard *guard) {
  return atomic_load_explicit(&guard->is_doomed, memory_order_relaxed);
}

bool guard_ends_turn(connection_guard *guard) {
  if (guard->turn_bytes < TURN_BYTES) return false;
  guard->turn_bytes = 0;
  int domain = 0;
  socklen_t length = sizeof domain;
  getsockopt(guard->descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length);
  if (domain != AF_INET && domain != AF_INET6) return false;
  // TCP looks anew whether to report input when this is set, to what it is anyway.
  int least = 1;
  return setsockopt(guard->descriptor, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least) == 0;
}

// MARK: - TLS sessions

static _Thread_local connection_guard *handed_over;
static pthread_once_t session_once = PTHREAD_ONCE_INIT;
static int session_index = -1;

static void forget_session(
  void *parent, void *guard, CRYPTO_EX_DATA *data, int index, long argl, void *argp
) {
  if (guard != NULL) release(guard);
}

static void make_session_index(void) {
  session_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, forget_session);
}

void guard_begin_handover(int descriptor) {
  pthread_once(&session_once, make_session_index);
  handed_over = guard_of(descriptor);
}

void guard_end_handover(void) {
  connection_guard *guard = handed_over;
  handed_over = NULL;
  if (guard != NULL && !connection_is_open(guard->descriptor, guard->cookie))
    guard_detach(guard);
}

bool guard_end(int descriptor) {
  connection_guard *guard = guard_of(descriptor);
  if (guard != NULL) doom(guard);
  return guard != NULL;
}

void guard_adopt_session(SSL *session) {
  connection_guard *guard = handed_over;
  if (guard == NULL || !guard->is_encrypted || session_index < 0) return;
  atomic_fetch_add(&guard->references, 1);
  if (SSL_set_ex_data(session, session_index, guard) != 1) release(guard);
}

connection_guard *guard_of_session(const SSL *session) {
  return session_index < 0 ? NULL : SSL_get_ex_data(session, session_index);
}

// MARK: - Bytes held

/// Ends who holds too much, after more was added.
static void check_bytes(connection_guard *guard, int64_t held) {
  guard_group *group = guard->group;
  if (held > (int64_t)group->limits.connection_bytes)
    offend(guard, GUARD_CONNECTION_BYTES);
  else if (guard_group_is_full(group))
    end_greediest(group);
}

void guard_hold(int descriptor, int64_t bytes) {
  connection_guard *guard = newest_guard_of(descriptor);
  if (guard == NULL) return;
  pthread_mutex_lock(&guard->lock);
  int64_t held = add(guard, bytes);
  pthread_mutex_unlock(&guard->lock);
  if (bytes > 0) check_bytes(guard, held);
}

int64_t guard_held(int descriptor) {
  connection_guard *guard = newest_guard_of(descriptor);
  return guard == NULL ? 0 : held_by(guard);
}

// MARK: - Frames, under the guard's lock

static void credit(connection_guard *guard, int64_t points) {
  guard->points += points;
  if (guard->points > MAXIMUM_POINTS) guard->points = MAXIMUM_POINTS;
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
  int64_t held = add(guard, bytes);
  pthread_mutex_unlock(&guard->lock);
  if (bytes > 0) check_bytes(guard, held);
  if (offence != NO_OFFENCE) offend(guard, (guard_offence)offence);
}

void guard_received(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size
) {
  guard->turn_bytes += size;
  // Of TLS the session tells.
  if (!guard->is_encrypted)
    follow(guard, &guard->received, receive_frame, parts, part_count, size);
}

void guard_sent(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size
) {
  if (!guard->is_encrypted) follow(guard, &guard->sent, send_frame, parts, part_count, size);
}

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
  // Core made these frames for this write alone, and each head in one piece.
  if (frame->type == FRAME_HEADERS && place->offset >= FRAME_HEAD_LENGTH && is_dropped(place)) {
    uint8_t *head =
      (uint8_t *)place->parts[place->part].iov_base + place->offset - FRAME_HEAD_LENGTH;
    head[3] = FRAME_MEANINGLESS;
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

bool guard_decrypted(connection_guard *guard, const void *bytes, size_t size) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  follow(guard, &guard->received, receive_frame, &part, 1, size);
  return !guard_is_doomed(guard);
}

void guard_correct_decrypted(connection_guard *guard, const void *bytes, size_t size) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  correct(guard, &part, 1, size);
}

void guard_encrypted(connection_guard *guard, const void *bytes, size_t size) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  follow(guard, &guard->sent, send_frame, &part, 1, size);
}
